# Deep recursion, tail calls, mutual recursion, accumulators: hanoi, ackermann, collatz, permutations, n queens.
defmodule Rec do
  def hanoi(0, _, _, _), do: []
  def hanoi(n, a, b, c), do: hanoi(n - 1, a, c, b) ++ [{a, c}] ++ hanoi(n - 1, b, a, c)

  def ack(0, n), do: n + 1
  def ack(m, 0), do: ack(m - 1, 1)
  def ack(m, n), do: ack(m - 1, ack(m, n - 1))

  def collatz(n, steps \\ 0)
  def collatz(1, steps), do: steps
  def collatz(n, steps) when rem(n, 2) == 0, do: collatz(div(n, 2), steps + 1)
  def collatz(n, steps), do: collatz(3 * n + 1, steps + 1)

  def permutations([]), do: [[]]
  def permutations(list), do: for(x <- list, rest <- permutations(list -- [x]), do: [x | rest])

  def even?(0), do: true
  def even?(n), do: odd?(n - 1)
  def odd?(0), do: false
  def odd?(n), do: even?(n - 1)

  def sum([]), do: 0
  def sum([h | t]), do: h + sum(t)

  def queens(n), do: place(n, n, [])
  defp place(_, 0, qs), do: [qs]

  defp place(n, k, qs) do
    for col <- 1..n, safe?(col, 1, qs), solution <- place(n, k - 1, [col | qs]), do: solution
  end

  defp safe?(_, _, []), do: true
  defp safe?(c, d, [q | qs]), do: c != q and abs(c - q) != d and safe?(c, d + 1, qs)
end

IO.inspect(length(Rec.hanoi(8, :a, :b, :c)))
IO.inspect(Rec.hanoi(2, :a, :b, :c))
IO.inspect(Rec.ack(2, 9))
IO.inspect(Enum.max_by(1..2000, &Rec.collatz/1))
IO.inspect(Rec.permutations([1, 2, 3]))
IO.inspect(Rec.even?(100_001))
IO.inspect(Rec.sum(Enum.to_list(1..100_000)))
IO.inspect(length(Rec.queens(6)))
IO.inspect(hd(Rec.queens(8)))
