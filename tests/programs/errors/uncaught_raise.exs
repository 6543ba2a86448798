# An uncaught exception: its text and stack trace on stderr, exit status 1.
defmodule Deep do
  def one(x), do: two(x) + 1
  def two(x), do: three(x) + 1
  def three(x), do: String.to_integer(x) + 1
end

IO.puts("before")
Deep.one("abc")
IO.puts("never")
