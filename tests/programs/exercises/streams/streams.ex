defmodule Primes do
  def nth(n) when n < 1, do: raise(ArgumentError)
  def nth(n), do: Stream.iterate(2, &(&1 + 1)) |> Stream.filter(&prime?/1) |> Enum.at(n - 1)
  def prime?(2), do: true
  def prime?(n) when n < 2 or rem(n, 2) == 0, do: false
  def prime?(n), do: Enum.all?(3..trunc(:math.sqrt(n))//2, &(rem(n, &1) != 0))
  def fib, do: Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end)
  def lines(text), do: Stream.resource(fn -> text end, fn "" -> {:halt, ""}; t -> case String.split(t, "\n", parts: 2) do [l, r] -> {[l], r}; [l] -> {[l], ""} end end, fn r -> send(self(), {:closed, r}) end)
  def sieve(limit) do
    for n <- 2..limit//1, reduce: MapSet.new(2..limit//1) do
      s -> if n in s, do: MapSet.difference(s, MapSet.new((n * n)..limit//n)), else: s
    end |> Enum.sort()
  end
end
