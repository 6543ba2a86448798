# ETS: set, ordered_set, bag, duplicate_bag; inserts, lookups, updates, counters, traversal.
for type <- [:set, :ordered_set, :bag, :duplicate_bag] do
  t = :ets.new(:t, [type])
  :ets.insert(t, [{:b, 2}, {:a, 1}, {:b, 2}, {:b, 3}])
  IO.inspect({type, :ets.tab2list(t) |> Enum.sort(), :ets.lookup(t, :b) |> Enum.sort(), :ets.info(t, :size)})
  :ets.delete(t)
end

t = :ets.new(:named, [:named_table, :ordered_set, :public, keypos: 2])
:ets.insert(:named, for(i <- 1..10, do: {:row, i, i * i}))
IO.inspect({:ets.first(t), :ets.next(t, 4), :ets.prev(t, 1), :ets.last(t)})
IO.inspect(:ets.update_counter(:named, 3, {3, 100}))
IO.inspect(:ets.update_counter(:named, 3, [{3, 1}, {3, -50, 60, 60}]))
IO.inspect(:ets.update_element(:named, 4, {1, :changed}))
IO.inspect(:ets.lookup_element(:named, 4, 1))
IO.inspect(:ets.insert_new(:named, {:x, 4, 0}))
IO.inspect(:ets.member(:named, 11))
IO.inspect(:ets.take(:named, 10))
IO.inspect(:ets.foldl(fn {_, k, _}, acc -> acc + k end, 0, :named))
IO.inspect(:ets.delete_object(:named, {:row, 1, 1}))
IO.inspect(:ets.tab2list(:named) |> length())
IO.inspect(:ets.slot(:named, 0))
c = :ets.new(:c, [])
IO.inspect(for w <- ~w(a b a), do: :ets.update_counter(c, w, 1, {w, 0}))
IO.inspect(:ets.whereis(:named) == t or is_reference(:ets.whereis(:named)))
IO.inspect(:ets.info(:named)[:protection])
IO.inspect(:ets.rename(:named, :renamed))
IO.inspect(:ets.lookup(:renamed, 1.0 + 1))
me = self()
{pid, ref} = spawn_monitor(fn -> p = :ets.new(:priv, [:private]); send(me, {:tab, p}); receive do :stop -> :ok end end)
p = receive do {:tab, p} -> p end
IO.inspect(try do :ets.lookup(p, 1) rescue e -> e.__struct__ end)
send(pid, :stop)
receive do {:DOWN, ^ref, _, _, _} -> :ok end
IO.inspect(:ets.info(p))
heir = :ets.new(:h, [])
spawn(fn -> t = :ets.new(:inherited, [{:heir, me, :data}]); :ets.insert(t, {1}) end)
IO.inspect(receive do {:"ETS-TRANSFER", t, _, d} -> {d, :ets.tab2list(t)} end)
spawn(fn -> receive do {:"ETS-TRANSFER", t, _, d} -> send(me, {d, :ets.info(t, :owner) == self()}) end end) |> then(&:ets.give_away(heir, &1, :gift))
IO.inspect(receive do m -> m end)

for f <- [fn -> :ets.insert(:nope, {1}) end, fn -> :ets.new(:renamed, [:named_table]) end, fn -> :ets.insert(c, :no_tuple) end, fn -> :ets.update_counter(c, "zz", 1) end] do
  try do
    f.()
  rescue
    e -> IO.puts(Exception.message(e))
  end
end

# With a limit, the newest of the objects with one key come first.
for kind <- [:bag, :duplicate_bag] do
  table = :ets.new(:chunks, [kind])
  for i <- 1..5, do: :ets.insert(table, {:key, i})
  {first, rest} = :ets.match(table, {:key, :"$1"}, 2)
  {second, rest} = :ets.match(rest)
  IO.inspect({first, second, :ets.match(rest) |> elem(0)})
  IO.inspect(:ets.select(table, [{{:key, :"$1"}, [{:<, :"$1", 4}], [:"$1"]}], 1) |> elem(0))
  IO.inspect(:ets.lookup_element(table, :key, 2))
end
