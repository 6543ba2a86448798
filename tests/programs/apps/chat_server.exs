# A supervised chat server: rooms on demand, users as processes, history, nicknames, kicked and crashing members.
Logger.configure(level: :none)

defmodule Chat.Room do
  use GenServer, restart: :transient
  defstruct [:name, members: %{}, history: []]

  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: via(name))
  def via(name), do: {:via, Registry, {Chat.Rooms, name}}
  def join(room, nick), do: GenServer.call(via(room), {:join, nick, self()})
  def say(room, nick, text), do: GenServer.call(via(room), {:say, nick, text})
  def history(room), do: GenServer.call(via(room), :history)

  @impl true
  def init(name), do: {:ok, %__MODULE__{name: name}}

  @impl true
  def handle_call({:join, nick, _}, _, %{members: m} = s) when is_map_key(m, nick), do: {:reply, {:error, :nick_taken}, s}
  def handle_call({:join, nick, pid}, _, s) do
    ref = Process.monitor(pid)
    s = broadcast(s, "* #{nick} joined #{s.name}")
    {:reply, {:ok, Enum.reverse(s.history)}, put_in(s.members[nick], {pid, ref})}
  end
  def handle_call({:say, nick, _}, _, s) when not is_map_key(s.members, nick), do: {:reply, {:error, :not_here}, s}
  def handle_call({:say, nick, "/quit"}, _, s) do
    {{_, ref}, members} = Map.pop(s.members, nick)
    Process.demonitor(ref, [:flush])
    {:reply, :ok, broadcast(%{s | members: members}, "* #{nick} left")}
  end
  def handle_call({:say, nick, text}, _, s), do: {:reply, :ok, broadcast(s, "<#{nick}> #{text}")}
  def handle_call(:history, _, s), do: {:reply, Enum.reverse(s.history), s}

  @impl true
  def handle_info({:DOWN, ref, :process, _, reason}, s) do
    {nick, _} = Enum.find(s.members, fn {_, {_, r}} -> r == ref end)
    {:noreply, broadcast(update_in(s.members, &Map.delete(&1, nick)), "* #{nick} lost (#{inspect(reason)})")}
  end

  defp broadcast(s, line) do
    for {_, {pid, _}} <- s.members, do: send(pid, {:line, s.name, line})
    %{s | history: Enum.take([line | s.history], 5)}
  end
end

defmodule Chat.User do
  use GenServer
  def start(nick), do: GenServer.start(__MODULE__, nick)
  def join(u, room), do: GenServer.call(u, {:join, room})
  def say(u, room, text), do: GenServer.call(u, {:say, room, text})
  def seen(u), do: GenServer.call(u, :seen)
  def init(nick), do: {:ok, {nick, []}}
  def handle_call({:join, room}, _, {nick, _} = s), do: {:reply, Chat.Room.join(room, nick), s}
  def handle_call({:say, room, text}, _, {nick, _} = s), do: {:reply, Chat.Room.say(room, nick, text), s}
  def handle_call(:seen, _, {_, lines} = s), do: {:reply, Enum.reverse(lines), s}
  def handle_info({:line, room, line}, {nick, lines}), do: {:noreply, {nick, [{room, line} | lines]}}
end

defmodule Chat do
  use Supervisor
  def start_link, do: Supervisor.start_link(__MODULE__, nil, name: __MODULE__)
  @impl true
  def init(_), do: Supervisor.init([{Registry, keys: :unique, name: Chat.Rooms}, {DynamicSupervisor, name: Chat.RoomSup}], strategy: :rest_for_one)
  def open(room), do: DynamicSupervisor.start_child(Chat.RoomSup, {Chat.Room, room}) |> elem(0)
end

{:ok, _} = Chat.start_link()
IO.inspect([Chat.open("lobby"), Chat.open("dev"), Chat.open("lobby")])
[ann, bob, eve] = for n <- ["ann", "bob", "eve"], do: elem(Chat.User.start(n), 1)
IO.inspect(Chat.User.join(ann, "lobby"))
IO.inspect(Chat.User.join(bob, "lobby"))
Chat.User.say(ann, "lobby", "hi all")
Chat.User.say(bob, "lobby", "hello ann")
IO.inspect(Chat.User.join(eve, "lobby"))
IO.inspect(Chat.User.say(eve, "dev", "anyone?"))
IO.inspect(Chat.Room.join("lobby", "eve"))
Process.exit(eve, :kill)
ref = Process.monitor(eve)
receive do {:DOWN, ^ref, _, _, _} -> :ok end
Chat.User.say(bob, "lobby", "/quit")
Chat.User.say(ann, "lobby", "alone")
IO.inspect(Chat.User.seen(ann))
IO.inspect(Chat.User.seen(bob))
IO.inspect(Chat.Room.history("lobby"))
[{pid, _}] = Registry.lookup(Chat.Rooms, "lobby")
Process.exit(pid, :kill)
wait = fn f -> case Registry.lookup(Chat.Rooms, "lobby") do [{p, _}] when p != pid -> p; _ -> Process.sleep(1); f.(f) end end
wait.(wait)
IO.inspect(Chat.Room.history("lobby"))
