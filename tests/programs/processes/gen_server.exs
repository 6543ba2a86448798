# A GenServer with all callbacks: call, cast, info, continue, timeout, deferred replies, terminate, names.
defmodule Stack do
  use GenServer

  def start_link(opts), do: GenServer.start_link(__MODULE__, opts[:items] || [], Keyword.take(opts, [:name]))
  def push(s, x), do: GenServer.cast(s, {:push, x})
  def pop(s), do: GenServer.call(s, :pop)

  @impl true
  def init(items) do
    Process.flag(:trap_exit, true)
    {:ok, %{items: items, waiting: []}, {:continue, :greet}}
  end

  @impl true
  def handle_continue(:greet, state) do
    IO.puts("starting with #{length(state.items)}")
    {:noreply, state}
  end

  @impl true
  def handle_call(:pop, _from, %{items: [h | t]} = s), do: {:reply, {:ok, h}, %{s | items: t}}
  def handle_call(:pop, from, s), do: {:noreply, %{s | waiting: s.waiting ++ [from]}}
  def handle_call(:size, _from, s), do: {:reply, length(s.items), s, 20}
  def handle_call({:stop, reason}, _from, s), do: {:stop, reason, :stopping, s}

  @impl true
  def handle_cast({:push, x}, %{waiting: [w | ws]} = s) do
    GenServer.reply(w, {:late, x})
    {:noreply, %{s | waiting: ws}}
  end

  def handle_cast({:push, x}, s), do: {:noreply, update_in(s.items, &[x | &1])}

  @impl true
  def handle_info(:timeout, s) do
    IO.puts("idle")
    {:noreply, s}
  end

  def handle_info(msg, s) do
    IO.puts("info #{inspect(msg)}")
    {:noreply, s}
  end

  @impl true
  def terminate(reason, s), do: IO.puts("terminate #{inspect(reason)} with #{inspect(s.items)}")

  @impl true
  def format_status(status), do: status
end

{:ok, pid} = Stack.start_link(items: [1], name: StackServer)
IO.inspect(Stack.pop(StackServer))
late = Task.async(fn -> Stack.pop(pid) end)
Process.sleep(20)
Stack.push(pid, :x)
IO.inspect(Task.await(late))
Stack.push(pid, :a)
Stack.push(pid, :b)
send(pid, {:hello, 1})
IO.inspect(GenServer.call(pid, :size))
Process.sleep(60)
IO.inspect(:sys.get_state(pid))
IO.inspect(GenServer.whereis(StackServer) == pid)
IO.inspect(GenServer.call(pid, {:stop, :normal}))
IO.inspect(Process.whereis(StackServer))
IO.inspect(catch_exit = (try do GenServer.call(StackServer, :x) catch :exit, r -> r end))
_ = catch_exit

defmodule Refuse do
  use GenServer
  def init(:ignore), do: :ignore
  def init(:stop), do: {:stop, :refused}
  def init(:slow), do: Process.sleep(:infinity)
  def init(:wrong), do: :oops
end

Process.flag(:trap_exit, true)
for arg <- [:ignore, :stop], do: IO.inspect(GenServer.start_link(Refuse, arg))
IO.inspect(GenServer.start(Refuse, :slow, timeout: 20))
IO.inspect(GenServer.start(Refuse, :wrong))
{:ok, p} = Stack.start_link([])
IO.inspect(GenServer.stop(p, :shutdown))
IO.inspect(GenServer.start_link(Stack, [], name: {:global, :gs}) |> elem(0))
IO.inspect(GenServer.call({:global, :gs}, :size))
GenServer.stop({:global, :gs})
