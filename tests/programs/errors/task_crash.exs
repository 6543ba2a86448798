# A Task under `Task.Supervisor` and bare processes crash: they are reported, the exit status is 0.
{:ok, sup} = Task.Supervisor.start_link()
t = Task.Supervisor.async_nolink(sup, fn -> Map.fetch!(%{a: 1}, :b) end)
task = Task.yield(t) |> elem(0)
Process.sleep(150)
{pid, ref} = spawn_monitor(fn -> :erlang.error(:bare) end)
bare = receive do {:DOWN, ^ref, _, ^pid, {r, _}} -> r end
Process.sleep(150)
{pid, ref} = spawn_monitor(fn -> throw(:uncaught) end)
thrown = receive do {:DOWN, ^ref, _, ^pid, {r, _}} -> r end
# Reports come by way of other processes: what is printed here follows when they are out.
Process.sleep(400)
IO.inspect({task, bare, thrown})
