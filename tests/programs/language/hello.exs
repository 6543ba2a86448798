# The smallest program.
IO.puts("Hello, world!")
