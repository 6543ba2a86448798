# Compile errors: undefined variables and functions are all reported, status 1.
defmodule Broken do
  def a, do: undefined_variable
  def b(x), do: undefined_function(x)
  def c, do: another_one + 1
end

IO.puts("never")
