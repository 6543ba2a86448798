# DynamicSupervisor: children on demand, limits, counts, ends.
Logger.configure(level: :none)

defmodule Room do
  use GenServer, restart: :transient
  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: {:via, Registry, {Rooms, name}})
  def join(name, who), do: GenServer.call(via(name), {:join, who})
  def leave(name), do: GenServer.cast(via(name), :close)
  def crash(name), do: GenServer.cast(via(name), :crash)
  defp via(n), do: {:via, Registry, {Rooms, n}}
  def init(name), do: {:ok, %{name: name, members: []}}
  def handle_call({:join, who}, _, s), do: (s = update_in(s.members, &[who | &1]); {:reply, s.members, s})
  def handle_cast(:close, s), do: {:stop, :normal, s}
  def handle_cast(:crash, _), do: raise("crash")
end

{:ok, _} = Registry.start_link(keys: :unique, name: Rooms)
{:ok, sup} = DynamicSupervisor.start_link(strategy: :one_for_one, max_children: 3)
for n <- ~w(red green blue), do: IO.inspect(DynamicSupervisor.start_child(sup, {Room, n}) |> elem(0))
IO.inspect(DynamicSupervisor.start_child(sup, {Room, "too many"}))
IO.inspect(Room.join("red", :ann))
IO.inspect(Room.join("red", :bob))
IO.inspect(DynamicSupervisor.count_children(sup))

wait_new = fn f, name, old ->
  case Registry.lookup(Rooms, name) do
    [{pid, _}] when pid != old -> pid
    _ -> Process.sleep(2); f.(f, name, old)
  end
end

[{old, _}] = Registry.lookup(Rooms, "red")
Room.crash("red")
wait_new.(wait_new, "red", old)
IO.inspect(Room.join("red", :carl))
[{g, _}] = Registry.lookup(Rooms, "green")
ref = Process.monitor(g)
Room.leave("green")
receive do {:DOWN, ^ref, _, _, r} -> IO.inspect(r) end
Process.sleep(20)
IO.inspect(DynamicSupervisor.count_children(sup))
[{b, _}] = Registry.lookup(Rooms, "blue")
IO.inspect(DynamicSupervisor.terminate_child(sup, b))
IO.inspect(DynamicSupervisor.terminate_child(sup, b))
IO.inspect(length(DynamicSupervisor.which_children(sup)))
IO.inspect(DynamicSupervisor.stop(sup))
Process.sleep(20)
IO.inspect(Registry.count(Rooms))
