defmodule Dominoes do
  def chain?([]), do: true
  def chain?([{a, b} | rest]), do: search(b, a, rest)
  defp search(e, e, []), do: true
  defp search(_, _, []), do: false
  defp search(current, goal, stones) do
    Enum.any?(stones, fn
      {^current, n} = s -> search(n, goal, List.delete(stones, s))
      {n, ^current} = s -> search(n, goal, List.delete(stones, s))
      _ -> false
    end)
  end
end
