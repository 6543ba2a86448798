# The matrix of exits: linked or monitored, trapping or not, with each kind of reason.
defmodule Matrix do
  def child(how), do: fn -> receive do :go -> how.() end end

  def outcome(trap, exit_fun) do
    observer = self()
    {pid, ref} =
      spawn_monitor(fn ->
        Process.flag(:trap_exit, trap)
        child = spawn_link(child(exit_fun))
        send(child, :go)
        mref = Process.monitor(child)
        reason = receive do {:DOWN, ^mref, :process, _, r} -> short(r) end
        got = receive do {:EXIT, ^child, r} -> {:trapped, short(r)} after 10 -> :no_message end
        send(observer, {:alive, reason, got})
      end)

    receive do
      {:alive, r, got} ->
        receive do {:DOWN, ^ref, _, ^pid, :normal} -> {:survived, r, got} end
      {:DOWN, ^ref, _, ^pid, reason} -> {:died, short(reason)}
    end
  end

  defp short({%{__exception__: true} = e, _}), do: {:exception, e.__struct__}
  defp short({:nocatch, v}), do: {:nocatch, v}
  defp short({{:nocatch, v}, _}), do: {:nocatch, v}
  defp short({r, stack}) when is_list(stack), do: r
  defp short(r), do: r
end

:logger.set_primary_config(:level, :none)

for trap <- [false, true],
    {name, fun} <- [
      normal: fn -> :done end,
      exit_normal: fn -> exit(:normal) end,
      shutdown: fn -> exit(:shutdown) end,
      shutdown_term: fn -> exit({:shutdown, :x}) end,
      boom: fn -> exit(:boom) end,
      kill_self: fn -> Process.exit(self(), :kill) end,
      raised: fn -> raise "oops" end,
      thrown: fn -> throw(:ball) end
    ] do
  IO.inspect({trap, name, Matrix.outcome(trap, fun)})
end

Process.flag(:trap_exit, true)

for reason <- [:normal, :kill, :boom, :shutdown], traps <- [false, true] do
  me = self()
  pid = spawn(fn -> Process.flag(:trap_exit, traps); send(me, :ready); receive do m -> send(me, {:got, m}) after 50 -> send(me, :alive) end end)
  receive do :ready -> :ok end
  ref = Process.monitor(pid)
  Process.exit(pid, reason)
  got = receive do {:got, {:EXIT, ^me, r}} -> {:message, r}; :alive -> :alive; {:DOWN, ^ref, _, _, r} -> {:down, r} end
  Process.demonitor(ref, [:flush])
  IO.inspect({reason, traps, got})
end

dead = spawn(fn -> :ok end)
ref = Process.monitor(dead)
receive do {:DOWN, ^ref, _, _, _} -> :ok end
ref = Process.monitor(dead)
IO.inspect(receive do {:DOWN, ^ref, _, _, r} -> r end)
Process.link(dead)
IO.inspect(receive do {:EXIT, ^dead, r} -> r end)
ref = Process.monitor(:not_registered)
IO.inspect(receive do {:DOWN, ^ref, :process, {name, _node}, r} -> {name, r} end)
pid = spawn_link(fn -> receive do :x -> exit(:unlinked_anyway) end end)
Process.unlink(pid)
send(pid, :x)
IO.inspect(receive do {:EXIT, ^pid, _} -> :exit after 20 -> :nothing end)
