# `:persistent_term`, `:counters`, `:atomics` from many processes.
:persistent_term.put({:app, :config}, %{a: 1})
IO.inspect(:persistent_term.get({:app, :config}))
IO.inspect(:persistent_term.get(:none, :default))
c = :counters.new(3, [:atomics])
1..20 |> Enum.map(fn _ -> Task.async(fn -> for _ <- 1..50, do: :counters.add(c, 1, 1) end) end) |> Task.await_many()
IO.inspect({:counters.get(c, 1), :counters.get(c, 2), :counters.info(c).size})
:counters.put(c, 2, 7)
:counters.sub(c, 2, 10)
IO.inspect(:counters.get(c, 2))
a = :atomics.new(2, signed: false)
IO.inspect({:atomics.add_get(a, 1, 5), :atomics.exchange(a, 1, 9), :atomics.compare_exchange(a, 1, 9, 10), :atomics.compare_exchange(a, 1, 9, 11), :atomics.get(a, 1)})
:atomics.sub(a, 2, 1)
IO.inspect(:atomics.get(a, 2))
IO.inspect(:persistent_term.erase({:app, :config}))
IO.inspect(:persistent_term.erase({:app, :config}))

defmodule Once do
  def lock(a), do: if(:atomics.compare_exchange(a, 1, 0, 1) == :ok, do: :winner, else: :late)
end

lock = :atomics.new(1, [])
IO.inspect(1..50 |> Enum.map(fn _ -> Task.async(fn -> Once.lock(lock) end) end) |> Task.await_many() |> Enum.frequencies())

for f <- [fn -> :persistent_term.get(:none) end, fn -> :counters.get(c, 4) end, fn -> :counters.new(0, []) end] do
  try do
    f.()
  rescue
    e -> IO.puts(Exception.message(e) |> String.split("\n") |> Enum.at(2))
  end
end
