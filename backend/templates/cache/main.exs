{:ok, _cache} = Cache.start_link(ttl: 200, sweep: 50)

slow_square = fn n ->
  fn ->
    IO.puts("computing #{n} * #{n}")
    n * n
  end
end

for n <- [3, 4, 3, 4, 5] do
  {where, value} = Cache.fetch(n, slow_square.(n))
  IO.puts("#{n}: #{value} (#{where})")
end

# Eight at once: one of them computes.
results = 1..8 |> Enum.map(fn _ -> Task.async(fn -> Cache.fetch(9, slow_square.(9)) end) end) |> Task.await_many()
IO.puts("eight times #{inspect(results |> Enum.map(&elem(&1, 1)) |> Enum.uniq())}")

IO.puts("remembered: #{Cache.size()}")
Process.sleep(400)
IO.puts("after a while: #{Cache.size()}")
