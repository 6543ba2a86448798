# Map-reduce over text with worker processes, an inverted index and a ranked search.
defmodule MapReduce do
  def run(inputs, map, reduce, workers) do
    inputs
    |> Enum.chunk_every(max(1, div(length(inputs), workers)))
    |> Enum.map(fn chunk -> Task.async(fn -> Enum.flat_map(chunk, map) end) end)
    |> Task.await_many()
    |> Enum.concat()
    |> Enum.group_by(&elem(&1, 0), &elem(&1, 1))
    |> Task.async_stream(fn {k, vs} -> {k, reduce.(k, vs)} end, max_concurrency: workers)
    |> Map.new(fn {:ok, kv} -> kv end)
  end
end

docs = %{
  "a.txt" => "the quick brown fox jumps over the lazy dog",
  "b.txt" => "a quick movement of the enemy will jeopardize six gunboats",
  "c.txt" => "the five boxing wizards jump quickly and the dog barks",
  "d.txt" => "pack my box with five dozen liquor jugs"
}

words = fn t -> String.split(t, ~r/\W+/, trim: true) end
counts = MapReduce.run(Map.to_list(docs), fn {_, t} -> Enum.map(words.(t), &{&1, 1}) end, fn _, l -> Enum.sum(l) end, 3)
counts |> Enum.sort_by(fn {w, n} -> {-n, w} end) |> Enum.take(5) |> IO.inspect()
index = MapReduce.run(Map.to_list(docs), fn {d, t} -> t |> words.() |> Enum.uniq() |> Enum.map(&{&1, d}) end, fn _, ds -> Enum.sort(ds) end, 2)
IO.inspect(Map.take(index, ~w(quick dog five)))
idf = Map.new(index, fn {w, ds} -> {w, :math.log(map_size(docs) / length(ds))} end)

search = fn query ->
  for {d, t} <- docs, tf = Enum.frequencies(words.(t)), score = Enum.sum(for(w <- words.(query), do: Map.get(tf, w, 0) * Map.get(idf, w, 0))), score > 0 do
    {d, Float.round(score * 1.0, 4)}
  end
  |> Enum.sort_by(fn {d, s} -> {-s, d} end)
end

for q <- ["quick dog", "five", "nothing here"], do: IO.inspect({q, search.(q)})
