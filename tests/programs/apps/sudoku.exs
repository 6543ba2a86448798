# A Sudoku solver by constraint propagation and search.
defmodule Sudoku do
  @cells for r <- 0..8, c <- 0..8, do: {r, c}
  @peers Map.new(@cells, fn {r, c} = cell ->
    {cell, for({a, b} = p <- @cells, p != cell, a == r or b == c or {div(a, 3), div(b, 3)} == {div(r, 3), div(c, 3)}, do: p)}
  end)

  def solve(text) do
    blank = Map.new(@cells, &{&1, Enum.to_list(1..9)})
    @cells |> Enum.zip(String.graphemes(text)) |> Enum.reject(&(elem(&1, 1) == ".")) |> Enum.reduce_while({:ok, blank}, fn {cell, d}, {:ok, g} ->
      case assign(g, cell, String.to_integer(d)) do
        nil -> {:halt, nil}
        g -> {:cont, {:ok, g}}
      end
    end) |> case do
      nil -> nil
      {:ok, g} -> search(g)
    end
  end

  defp assign(g, cell, d), do: Enum.reduce(g[cell] -- [d], g, &eliminate(&2, cell, &1))
  defp eliminate(nil, _, _), do: nil
  defp eliminate(g, cell, d) do
    if d in g[cell] do
      rest = List.delete(g[cell], d)
      g = Map.put(g, cell, rest)
      case rest do
        [] -> nil
        [last] -> Enum.reduce(@peers[cell], g, &eliminate(&2, &1, last))
        _ -> g
      end
    else
      g
    end
  end

  defp search(nil), do: nil
  defp search(g) do
    case @cells |> Enum.filter(&(length(g[&1]) > 1)) |> Enum.min_by(&length(g[&1]), fn -> nil end) do
      nil -> g
      cell -> Enum.find_value(g[cell], fn d -> search(assign(g, cell, d)) end)
    end
  end

  def show(nil), do: IO.puts("no solution")
  def show(g), do: @cells |> Enum.map(&hd(g[&1])) |> Enum.chunk_every(9) |> Enum.each(&IO.puts(Enum.join(&1, " ")))
end

Sudoku.show(Sudoku.solve("53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"))
Sudoku.show(Sudoku.solve("55" <> String.duplicate(".", 79)))
