# Sorting algorithms written by hand: quick, merge, insertion, heap and radix sort, checked against `Enum.sort`.
defmodule Sort do
  def quick([]), do: []
  def quick([p | rest]) do
    {l, r} = Enum.split_with(rest, &(&1 < p))
    quick(l) ++ [p] ++ quick(r)
  end

  def merge(l) when length(l) < 2, do: l
  def merge(l) do
    {a, b} = Enum.split(l, div(length(l), 2))
    join(merge(a), merge(b))
  end

  defp join([], b), do: b
  defp join(a, []), do: a
  defp join([x | a], [y | _] = b) when x <= y, do: [x | join(a, b)]
  defp join(a, [y | b]), do: [y | join(a, b)]

  def insertion(l), do: Enum.reduce(l, [], &insert/2)
  defp insert(x, [y | t]) when x > y, do: [y | insert(x, t)]
  defp insert(x, l), do: [x | l]

  def heap(l), do: l |> Enum.reduce(nil, &meld({&1, nil, nil, 1}, &2)) |> drain()
  defp meld(nil, h), do: h
  defp meld(h, nil), do: h
  defp meld({x, l, r, _}, {y, _, _, _} = b) when x <= y, do: node(x, l, meld(r, b))
  defp meld(a, {y, l, r, _}), do: node(y, l, meld(r, a))
  defp node(x, l, r), do: if(rank(l) >= rank(r), do: {x, l, r, rank(r) + 1}, else: {x, r, l, rank(l) + 1})
  defp rank(nil), do: 0
  defp rank({_, _, _, n}), do: n
  defp drain(nil), do: []
  defp drain({x, l, r, _}), do: [x | drain(meld(l, r))]

  def radix(l), do: Enum.reduce(0..3, l, fn d, l -> l |> Enum.group_by(&rem(div(&1, 10 ** d), 10)) |> then(fn g -> Enum.flat_map(0..9, &Map.get(g, &1, [])) end) end)
end

:rand.seed(:exsss, 99)
list = for _ <- 1..800, do: :rand.uniform(9999)

for f <- [:quick, :merge, :insertion, :heap, :radix] do
  sorted = apply(Sort, f, [list])
  IO.puts("#{f}: #{sorted == Enum.sort(list)} #{inspect(Enum.take(sorted, 4))}")
end
