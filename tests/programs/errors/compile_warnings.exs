# Warnings of many kinds, with `@impl`, types that do not fit, unreachable clauses, unused aliases and imports.
defmodule Behave do
  @callback go(integer) :: integer
end

defmodule Careless do
  @behaviour Behave
  alias String, as: S
  import Enum
  require Logger

  @unused_attribute 1

  @impl true
  def stop(x), do: x

  def f(x) do
    y = x
    x + 1
  end

  def g(1), do: 1
  def h(a), do: a
  def g(2), do: 2

  def t, do: "text" + 1
  def u(%{a: a}), do: a.b.c
  def always(_), do: 1
  def always(2), do: 3
  def deprecated, do: String.strip(" x ")
  defp private_unused(x) when x > 1, do: x
  def two(a, a2 \\ 1, _b), do: _b = a + a2
  def compare(x), do: x == nil and length([]) == 0
end

IO.inspect(Careless.f(1))
IO.inspect(Careless.g(2))
