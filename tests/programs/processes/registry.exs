# `Registry`: unique and duplicate keys, via names, metadata, dispatch, selects, counts, automatic removal.
{:ok, _} = Registry.start_link(keys: :unique, name: U)
{:ok, _} = Registry.start_link(keys: :duplicate, name: D, partitions: 2)
{:ok, agent} = Agent.start_link(fn -> 7 end, name: {:via, Registry, {U, "counter", :meta}})
IO.inspect(Registry.lookup(U, "counter") == [{agent, :meta}])
IO.inspect(Agent.get({:via, Registry, {U, "counter"}}, & &1))
IO.inspect(Registry.register(U, "me", 1) |> elem(0))
IO.inspect(Registry.register(U, "me", 2) |> then(fn {:error, {:already_registered, p}} -> p == self() end))
IO.inspect(Registry.update_value(U, "me", &(&1 + 10)))
IO.inspect(Registry.count(U))
IO.inspect(Enum.sort(Registry.keys(U, self())))
IO.inspect(Registry.select(U, [{{:"$1", :_, :"$2"}, [], [{{:"$1", :"$2"}}]}]) |> Enum.sort())
parent = self()

for topic <- [:a, :a, :b] do
  spawn_link(fn ->
    {:ok, _} = Registry.register(D, topic, topic)
    send(parent, :ready)
    receive do {:event, e} -> send(parent, {:got, topic, e}) end
  end)
end

for _ <- 1..3, do: receive(do: (:ready -> :ok))
IO.inspect(Registry.count_match(D, :a, :_))
Registry.dispatch(D, :a, fn entries -> for {pid, _} <- entries, do: send(pid, {:event, :hello}) end)
IO.inspect(for _ <- 1..2 do receive do {:got, t, e} -> {t, e} end end)
Agent.stop(agent)
Process.sleep(20)
IO.inspect(Registry.lookup(U, "counter"))
IO.inspect(Registry.unregister(U, "me"))
Registry.put_meta(U, :info, "text")
IO.inspect(Registry.meta(U, :info))
IO.inspect(Registry.whereis_name({U, "none"}))

try do
  GenServer.call({:via, Registry, {U, "none"}}, :x)
catch
  :exit, {:noproc, _} -> IO.puts("noproc")
end

try do
  Registry.lookup(NoSuchRegistry, :k)
rescue
  e -> IO.puts(Exception.message(e))
end
