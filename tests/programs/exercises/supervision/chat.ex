defmodule Chat.Room do
  use GenServer, restart: :transient
  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: via(name))
  def via(name), do: {:via, Registry, {Chat.Registry, name}}
  def join(room, nick), do: GenServer.call(via(room), {:join, self(), nick})
  def say(room, text), do: GenServer.cast(via(room), {:say, self(), text})
  def members(room), do: GenServer.call(via(room), :members)
  @impl true
  def init(name), do: {:ok, %{name: name, members: %{}}, {:continue, :announce}}
  @impl true
  def handle_continue(:announce, s) do
    Registry.dispatch(Chat.PubSub, :rooms, fn entries -> for {pid, _} <- entries, do: send(pid, {:room, s.name}) end)
    {:noreply, s}
  end
  @impl true
  def handle_call({:join, pid, nick}, _, s) do
    if nick in Enum.map(s.members, fn {_, {n, _}} -> n end) do
      {:reply, {:error, :taken}, s}
    else
      ref = Process.monitor(pid)
      {:reply, :ok, put_in(s.members[pid], {nick, ref})}
    end
  end
  def handle_call(:members, _, s), do: {:reply, s.members |> Map.values() |> Enum.map(&elem(&1, 0)) |> Enum.sort(), s}
  @impl true
  def handle_cast({:say, pid, "crash"}, _) when is_pid(pid), do: raise("crashed on demand")
  def handle_cast({:say, pid, text}, s) do
    {nick, _} = Map.fetch!(s.members, pid)
    for {p, _} <- s.members, p != pid, do: send(p, {:said, nick, text})
    {:noreply, s}
  end
  @impl true
  def handle_info({:DOWN, _, :process, pid, _}, s), do: {:noreply, %{s | members: Map.delete(s.members, pid)}}
end
defmodule Chat do
  use Supervisor
  def start_link(_), do: Supervisor.start_link(__MODULE__, [], name: __MODULE__)
  @impl true
  def init(_) do
    Supervisor.init([{Registry, keys: :unique, name: Chat.Registry}, {Registry, keys: :duplicate, name: Chat.PubSub}, {DynamicSupervisor, name: Chat.Rooms, strategy: :one_for_one}, {Task.Supervisor, name: Chat.Tasks}], strategy: :rest_for_one)
  end
  def open(room), do: DynamicSupervisor.start_child(Chat.Rooms, {Chat.Room, room})
end
