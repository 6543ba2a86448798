# `System.halt(3)` ends at once, without hooks.
System.at_exit(fn _ -> IO.puts("never") end)
IO.puts("before")
System.halt(3)
