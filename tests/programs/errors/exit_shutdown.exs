# `exit({:shutdown, 7})` is an exit status of 7.
System.at_exit(fn status -> IO.puts("status #{status}") end)
exit({:shutdown, 7})
