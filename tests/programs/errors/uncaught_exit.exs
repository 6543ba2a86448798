# `exit` with a reason that is not normal ends with status 1.
IO.puts("before")
exit(:bad_reason)
