# Hooks of `System.at_exit` run in reverse order, also after an error, and see the status.
for i <- 1..3, do: System.at_exit(fn status -> IO.puts("hook #{i} with #{status}") end)
System.at_exit(fn _ -> raise "hook fails" end)
raise "the end"
