# A Task under `Task.Supervisor` and a bare process crash: reports on stderr, exit status 0.
{:ok, sup} = Task.Supervisor.start_link()
t = Task.Supervisor.async_nolink(sup, fn -> Map.fetch!(%{a: 1}, :b) end)
exit = Task.yield(t) |> elem(0)
Process.sleep(100)
IO.inspect(exit)
{pid, ref} = spawn_monitor(fn -> :erlang.error(:bare) end)
receive do {:DOWN, ^ref, _, ^pid, {r, _}} -> Process.sleep(100); IO.inspect(r) end
{pid, ref} = spawn_monitor(fn -> throw(:uncaught) end)
receive do {:DOWN, ^ref, _, ^pid, {r, _}} -> Process.sleep(100); IO.inspect(r) end
Process.sleep(50)
