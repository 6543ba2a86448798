# Hot code: a module compiled twice, local and qualified calls, old code, purge, code_change through `:sys`.
Code.compiler_options(ignore_module_conflict: true)

version = fn n ->
  """
  defmodule Hot do
    use GenServer
    @version #{n}
    def version, do: @version
    def init(s), do: {:ok, s}
    def handle_call(:version, _, s), do: {:reply, {@version, s}, s}
    def code_change(_old, s, extra), do: {:ok, {:converted, s, extra}}
    def loop(parent) do
      receive do
        :local -> send(parent, {:local, @version}); loop(parent)
        :qualified -> send(parent, {:qualified, @version}); __MODULE__.loop(parent)
      end
    end
  end
  """
end

[{Hot, _}] = Code.compile_string(version.(1))
{:ok, server} = apply(GenServer, :start_link, [Hot, :state])
me = self()
looper = spawn(fn -> apply(Hot, :loop, [me]) end)
ask = fn what -> send(looper, what); receive do {^what, v} -> v end end
IO.inspect({apply(Hot, :version, []), ask.(:local), GenServer.call(server, :version)})
Code.compile_string(version.(2))
IO.inspect({apply(Hot, :version, []), ask.(:local), ask.(:qualified), ask.(:local), GenServer.call(server, :version)})
:sys.suspend(server)
:sys.change_code(server, Hot, 1, :extra)
:sys.resume(server)
IO.inspect(GenServer.call(server, :version))
stale = spawn(fn -> apply(Hot, :loop, [me]) end)
send(stale, :local)
receive do {:local, 2} -> :ok end
IO.inspect({:code.purge(Hot), :erlang.check_old_code(Hot)})
Code.compile_string(version.(3))
IO.inspect({:erlang.check_old_code(Hot), :code.soft_purge(Hot), Process.alive?(stale)})
send(stale, :qualified)
receive do {:qualified, 2} -> :ok end
send(stale, :local)
IO.inspect(receive do {:local, v} -> v end)
send(looper, :qualified)
receive do {:qualified, 2} -> :ok end
send(looper, :local)
receive do {:local, 3} -> :ok end
IO.inspect({:code.soft_purge(Hot), :erlang.check_old_code(Hot)})
held = spawn(fn -> apply(Hot, :loop, [me]) end)
send(held, :local)
receive do {:local, 3} -> :ok end
ref = Process.monitor(held)
Code.compile_string(version.(4))
IO.inspect(:code.purge(Hot))
IO.inspect(receive do {:DOWN, ^ref, _, _, r} -> r after 50 -> :alive end)
IO.inspect({:code.delete(Hot), :code.is_loaded(Hot), function_exported?(Hot, :version, 0)})
