# The smallest program: what it takes to start and end.
IO.puts("hello")
