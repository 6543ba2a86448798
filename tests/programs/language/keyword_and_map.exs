# Maps and keyword lists: big maps, updates, merges, group operations, deletions.
Inspect.Opts.default_inspect_fun(fn term, opts -> Inspect.inspect(term, %{opts | custom_options: [sort_maps: true]}) end)
m = Map.new(1..50, &{&1, &1 * &1})
IO.inspect(map_size(m))
IO.inspect(Enum.take(Enum.sort(m), 3))
IO.inspect(Map.take(m, [1, 50, 99]))
IO.inspect(Map.drop(m, Enum.to_list(4..50)))
IO.inspect(Map.merge(%{a: 1, b: 2}, %{b: 3, c: 4}, fn _, x, y -> x + y end))
IO.inspect(Map.update(%{a: 1}, :a, 0, &(&1 + 1)))
IO.inspect(Map.get_and_update(%{a: 1}, :a, fn v -> {v, v * 10} end))
IO.inspect(Map.pop(%{a: 1, b: 2}, :a))
IO.inspect(Map.put_new_lazy(%{a: 1}, :b, fn -> 2 end))
IO.inspect(Map.split(%{a: 1, b: 2, c: 3}, [:a, :c]))
IO.inspect(Map.filter(%{a: 1, b: 2}, fn {_, v} -> v > 1 end))
IO.inspect(Map.reject(%{a: 1, b: 2}, fn {_, v} -> v > 1 end))
IO.inspect(Map.intersect(%{a: 1, b: 2}, %{b: 5, c: 1}))
IO.inspect(Map.new([a: 1, b: 2], fn {k, v} -> {v, k} end))
IO.inspect(%{%{a: 1} | a: 2})
IO.inspect(%{"s" => 1, 2 => :b, {1, 2} => 5, 1.0 => 6, nil: 3, a: 4})
IO.inspect(Map.equal?(%{1 => 1}, %{1.0 => 1}))
IO.inspect(Enum.reduce(1..1000, %{}, &Map.put(&2, rem(&1, 7), &1)))
IO.inspect(Enum.reduce(Map.keys(m), m, &Map.delete(&2, &1)))
k = [a: 1, b: 2, a: 3]
IO.inspect({k[:a], Keyword.get_values(k, :a), Keyword.delete(k, :a), Keyword.put(k, :a, 9)})
IO.inspect(Keyword.merge([a: 1, b: 2], b: 3, c: 4))
IO.inspect(Keyword.pop(k, :b))
IO.inspect(Keyword.validate([x: 1], x: 0, y: 2) |> elem(1) |> Enum.sort())
IO.inspect(Keyword.validate([z: 1], x: 0))
IO.inspect(Keyword.split_with([a: 1, b: 2], fn {_, v} -> v > 1 end))
IO.inspect(:maps.map(fn _, v -> v + 1 end, %{a: 1, b: 2}))
IO.inspect(:maps.fold(fn _, v, acc -> acc + v end, 0, m))
IO.inspect(Map.to_list(%{b: 1, a: 2}) |> Enum.sort())

for f <- [fn -> Map.fetch!(%{a: 1}, :b) end, fn -> %{Process.get(:m, %{a: 1}) | b: 1} end, fn -> Keyword.fetch!([a: 1], :c) end,
          fn -> Keyword.validate!([a: 1], [:b]) end, fn -> Map.get(Process.get(:m, 5), :a) end] do
  try do
    f.()
  rescue
    e -> IO.puts(Exception.message(e))
  end
end
