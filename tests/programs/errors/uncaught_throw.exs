# An uncaught throw ends with status 1.
IO.puts("before")
throw({:some, :value})
