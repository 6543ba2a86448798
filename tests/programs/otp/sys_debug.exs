# `:sys`: get and replace state, suspend and resume, statistics, trace, install, code change, status.
defmodule S do
  use GenServer
  def init(x), do: {:ok, x}
  def handle_call(:get, _, s), do: {:reply, s, s}
  def handle_call({:set, x}, _, _), do: {:reply, :ok, x}
  def code_change(old, s, extra), do: {:ok, {old, s, extra}}
end

{:ok, pid} = GenServer.start_link(S, 1)
IO.inspect(:sys.replace_state(pid, &(&1 + 100)))
:sys.suspend(pid)
IO.inspect(catch_exit = try do GenServer.call(pid, :get, 20) catch :exit, {r, _} -> r end)
_ = catch_exit
IO.inspect(:sys.change_code(pid, S, "v1", :extra))
:sys.resume(pid)
IO.inspect(GenServer.call(pid, :get))
:sys.statistics(pid, true)
for i <- 1..3, do: GenServer.call(pid, {:set, i})
{:ok, stats} = :sys.statistics(pid, :get)
IO.inspect({stats[:messages_in], stats[:messages_out]})
me = self()
:sys.install(pid, {fn state, event, _ -> send(me, {:event, elem(event, 0)}); state end, :none})
GenServer.call(pid, :get)
IO.inspect(for _ <- 1..2 do receive do {:event, e} -> e end end)
:sys.remove(pid, fn state, _, _ -> state end)
{:status, ^pid, {:module, mod}, [_dict, status, parent, _, _]} = :sys.get_status(pid)
IO.inspect({mod, status, parent == self()})
:sys.log(pid, true)
GenServer.call(pid, :get)
{:ok, log} = :sys.log(pid, :get)
IO.inspect(length(log))
:sys.no_debug(pid)
IO.inspect(:sys.terminate(pid, :normal))
