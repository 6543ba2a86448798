# Dijkstra, breadth-first search in a maze, and a knapsack by dynamic programming.
defmodule Dijkstra do
  def run(graph, from) do
    loop(graph, :gb_sets.singleton({0, from}), %{from => 0})
  end

  defp loop(graph, queue, dist) do
    if :gb_sets.is_empty(queue) do
      dist
    else
      {{d, u}, queue} = :gb_sets.take_smallest(queue)

      {queue, dist} =
        for {v, w} <- Map.get(graph, u, []), d + w < Map.get(dist, v, :infinity), reduce: {queue, dist} do
          {q, ds} -> {:gb_sets.add({d + w, v}, q), Map.put(ds, v, d + w)}
        end

      loop(graph, queue, dist)
    end
  end
end

defmodule Maze do
  @maze """
  S.#.....
  .##.###.
  ....#.#.
  .####..E
  """
  def cells do
    for {line, y} <- Enum.with_index(String.split(@maze, "\n", trim: true)),
        {c, x} <- Enum.with_index(String.graphemes(line)),
        into: %{},
        do: {{x, y}, c}
  end

  def solve do
    cells = cells()
    {start, _} = Enum.find(cells, &(elem(&1, 1) == "S"))
    bfs(:queue.from_list([{start, 0}]), MapSet.new([start]), cells)
  end

  defp bfs(queue, seen, cells) do
    case :queue.out(queue) do
      {:empty, _} -> :none
      {{:value, {pos, n}}, queue} ->
        if cells[pos] == "E" do
          n
        else
          {x, y} = pos
          next = for {dx, dy} <- [{1, 0}, {-1, 0}, {0, 1}, {0, -1}], p = {x + dx, y + dy}, cells[p] in [".", "E"], p not in seen, do: p
          bfs(Enum.reduce(next, queue, &:queue.in({&1, n + 1}, &2)), Enum.into(next, seen), cells)
        end
    end
  end
end

graph = %{a: [b: 7, c: 9, f: 14], b: [c: 10, d: 15], c: [d: 11, f: 2], d: [e: 6], f: [e: 9]}
IO.inspect(Dijkstra.run(graph, :a) |> Enum.sort())
IO.inspect(Maze.solve())

items = [{60, 10}, {100, 20}, {120, 30}, {30, 5}]
best =
  for {v, w} <- items, reduce: %{0 => 0} do
    table -> for {c, t} <- table, c + w <= 50, reduce: table do acc -> Map.update(acc, c + w, t + v, &max(&1, t + v)) end
  end
IO.inspect(best |> Map.values() |> Enum.max())

defmodule Lcs do
  def run(a, b), do: lcs(String.graphemes(a), String.graphemes(b), %{}) |> elem(0) |> Enum.join()
  defp lcs([], _, memo), do: {[], memo}
  defp lcs(_, [], memo), do: {[], memo}
  defp lcs([h | a] = x, [h2 | b] = y, memo) do
    key = {length(x), length(y)}
    case memo do
      %{^key => v} -> {v, memo}
      _ when h == h2 ->
        {v, memo} = lcs(a, b, memo)
        {[h | v], Map.put(memo, key, [h | v])}
      _ ->
        {p, memo} = lcs(a, y, memo)
        {q, memo} = lcs(x, b, memo)
        v = if length(p) >= length(q), do: p, else: q
        {v, Map.put(memo, key, v)}
    end
  end
end
IO.puts(Lcs.run("nematode knowledge", "empty bottle"))
