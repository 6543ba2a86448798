# What a GenServer does that lacks callbacks: unexpected call, cast and info, with logging switched off.
defmodule Bare do
  use GenServer
  @impl true
  def init(x), do: {:ok, x}
end

Logger.configure(level: :none)
Process.flag(:trap_exit, true)

for f <- [&GenServer.call(&1, :what), &GenServer.cast(&1, :what)] do
  {:ok, pid} = GenServer.start_link(Bare, 1)

  try do
    f.(pid)
  catch
    :exit, {{e, stack}, {GenServer, :call, _}} -> IO.puts(Exception.message(e) |> String.replace(~r/#PID<[\d.]+>/, "pid") |> then(&{&1, is_list(stack)}) |> inspect())
  end

  receive do {:EXIT, ^pid, {e, _}} -> IO.inspect(e.__struct__) end
end

{:ok, pid} = GenServer.start_link(Bare, 1)
send(pid, :unknown)
IO.inspect(:sys.get_state(pid))

defmodule BadReturn do
  use GenServer
  def init(_), do: {:ok, 0}
  def handle_call(:bad, _, _), do: :nonsense
  def handle_call(:throw, _, s), do: throw({:reply, :thrown, s})
  def handle_call(:slow, _, s), do: (Process.sleep(100); {:reply, :late, s})
end

{:ok, pid} = GenServer.start(BadReturn, [])
IO.inspect(GenServer.call(pid, :throw))

try do
  GenServer.call(pid, :slow, 10)
catch
  :exit, {:timeout, {GenServer, :call, [^pid, :slow, 10]}} -> IO.puts("timeout")
end

try do
  GenServer.call(pid, :bad)
catch
  :exit, {{:bad_return_value, v}, _} -> IO.inspect({:bad_return, v})
end

try do
  GenServer.call(self(), :x)
catch
  :exit, {:calling_self, _} -> IO.puts("calling self")
end
