defmodule ListOps do
  def count(l), do: reduce(l, 0, fn _, n -> n + 1 end)
  def reverse(l), do: reduce(l, [], &[&1 | &2])
  def map(l, f), do: for(x <- l, do: f.(x))
  def filter(l, f), do: for(x <- l, f.(x), do: x)
  def reduce([], acc, _), do: acc
  def reduce([h | t], acc, f), do: reduce(t, f.(h, acc), f)
  def append([], b), do: b
  def append([h | t], b), do: [h | append(t, b)]
  def concat(ll), do: ll |> reverse() |> reduce([], &append(&1, &2))
end
