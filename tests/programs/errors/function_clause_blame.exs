# FunctionClauseError at the top: arguments and attempted clauses are shown.
defmodule Clauses do
  def pick(:a, n) when is_integer(n) and n > 0, do: n
  def pick(:b, [h | _]), do: h
  defp hidden(x), do: x
  def call_hidden(x), do: hidden(x)
end

IO.inspect(Clauses.pick(:a, 1))
IO.inspect(Clauses.call_hidden(2))
Clauses.pick(:c, -1)
