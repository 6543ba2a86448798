# `Process`: dictionary, flags, info, send_after, timers, hibernate, aliases, labels, group leader, list.
Process.put(:k, 1)
IO.inspect({Process.put(:k, 2), Process.get(:k), Process.get(:none, :d), Process.delete(:k), Process.get_keys() -- Process.get_keys()})
ref = Process.send_after(self(), :later, 10)
IO.inspect(is_integer(Process.read_timer(ref)))
receive do m -> IO.inspect(m) end
IO.inspect(Process.read_timer(ref))
ref = Process.send_after(self(), :never, 10_000)
IO.inspect(is_integer(Process.cancel_timer(ref)))
IO.inspect(Process.cancel_timer(ref))
{:message_queue_len, n} = Process.info(self(), :message_queue_len)
IO.inspect(n)
send(self(), :a)
IO.inspect(Process.info(self(), [:messages, :trap_exit, :priority, :links, :status]))
receive do :a -> :ok end
IO.inspect(Process.flag(:trap_exit, true))
IO.inspect(Process.info(self(), :trap_exit))
pid = spawn(fn -> Process.hibernate(Kernel, :send, [self(), :x]) end)
IO.inspect(is_pid(pid))
me = self()
alias_ref = Process.alias()
spawn(fn -> send(alias_ref, :via_alias) end)
receive do m -> IO.inspect(m) end
IO.inspect({Process.unalias(alias_ref), Process.unalias(alias_ref)})
send(alias_ref, :lost)
IO.inspect(receive do m -> m after 10 -> :nothing end)
pid = spawn(fn -> receive do :stop -> send(me, :stopped) end end)
Process.register(pid, :worker)
IO.inspect(:worker in Process.registered())
IO.inspect({Process.alive?(pid), Process.info(pid, :registered_name)})
send(:worker, :stop)
receive do :stopped -> :ok end
mref = Process.monitor(pid)
receive do {:DOWN, ^mref, _, _, _} -> :ok end
IO.inspect({Process.alive?(pid), Process.info(pid), Process.whereis(:worker)})
IO.inspect(Process.group_leader() == Process.info(self())[:group_leader])
Process.sleep(5)
spawn_link(fn -> Process.set_label({:job, 1}); send(me, {:label, :proc_lib.get_label(self())}) end)
IO.inspect(receive do {:label, l} -> l end)

for f <- [fn -> Process.register(self(), :undefined) end, fn -> Process.exit(:not_a_pid, :x) end, fn -> Process.info(:x) end] do
  try do
    f.()
  rescue
    e -> IO.inspect(e.__struct__)
  end
end
