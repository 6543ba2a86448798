# Poker hands ranked and compared; bowling scores; both table driven.
defmodule Poker do
  @values Map.new(Enum.zip(~w(2 3 4 5 6 7 8 9 10 J Q K A), 2..14))
  def rank(hand) do
    cards = for c <- String.split(hand), {v, s} = String.split_at(c, -1), do: {@values[v], s}
    values = cards |> Enum.map(&elem(&1, 0)) |> Enum.sort(:desc)
    groups = values |> Enum.frequencies() |> Enum.sort_by(fn {v, n} -> {-n, -v} end)
    order = Enum.map(groups, &elem(&1, 0))
    flush = cards |> Enum.uniq_by(&elem(&1, 1)) |> length() == 1
    high = cond do
      values == [14, 5, 4, 3, 2] -> 5
      length(order) == 5 and hd(values) - List.last(values) == 4 -> hd(values)
      true -> nil
    end
    case {Enum.map(groups, &elem(&1, 1)), flush, high} do
      {_, true, h} when h != nil -> {8, :straight_flush, [h]}
      {[4, 1], _, _} -> {7, :four, order}
      {[3, 2], _, _} -> {6, :full_house, order}
      {_, true, _} -> {5, :flush, order}
      {_, _, h} when h != nil -> {4, :straight, [h]}
      {[3 | _], _, _} -> {3, :three, order}
      {[2, 2, 1], _, _} -> {2, :two_pairs, order}
      {[2 | _], _, _} -> {1, :pair, order}
      _ -> {0, :high_card, order}
    end
  end
  def best(hands) do
    top = hands |> Enum.map(&rank/1) |> Enum.max()
    Enum.filter(hands, &(rank(&1) == top))
  end
end

defmodule Bowling do
  def score(rolls), do: frames(rolls, 1)
  defp frames(rest, 11) when length(rest) <= 2, do: 0
  defp frames([10 | [a, b | _] = rest], f), do: 10 + a + b + frames(rest, f + 1)
  defp frames([a, b | [c | _] = rest], f) when a + b == 10, do: 10 + c + frames(rest, f + 1)
  defp frames([a, b | rest], f) when a + b < 10, do: a + b + frames(rest, f + 1)
  defp frames(_, f), do: throw({:invalid, f})
end

for h <- ["4S 5S 7H 8D JC", "2S 8H 2D 8D 3H", "10D JS QH KD AC", "4D AH 3S 2D 5C", "2S 4S 6S 7S 3S", "4S 5H 4C 5D 4H", "7S 8S 9S 6S 10S", "AS AH 2H AD AC"], do: IO.inspect({h, Poker.rank(h)})
IO.inspect(Poker.best(["4D 5S 6S 8D 3C", "2S 4C 7S 9H 10H", "3S 4S 5D 6H JH", "3H 4H 5C 6C JD"]))
for rolls <- [List.duplicate(0, 20), List.duplicate(10, 12), [10, 7, 3, 7, 2, 9, 1, 10, 10, 10, 2, 3, 6, 4, 7, 3, 3], List.duplicate(5, 21), [11, 1]] do
  IO.inspect(try do Bowling.score(rolls) catch t -> t end)
end
