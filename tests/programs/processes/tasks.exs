# `Task`: async and await, yield, shutdown, failures, async_stream with its options, timeouts, await_many, ignore.
Logger.configure(level: :none)
IO.inspect(Task.await(Task.async(fn -> 1 + 1 end)))
tasks = for i <- 1..5, do: Task.async(fn -> Process.sleep(rem(i * 3, 5)); i * i end)
IO.inspect(Task.await_many(tasks))
slow = Task.async(fn -> Process.sleep(:infinity) end)
IO.inspect(Task.yield(slow, 10))
IO.inspect(Task.shutdown(slow, :brutal_kill))
done = Task.async(fn -> :done end)
IO.inspect(Task.yield(done) || Task.shutdown(done))
IO.inspect(1..10 |> Task.async_stream(&(&1 * 2), max_concurrency: 3) |> Enum.map(fn {:ok, v} -> v end))
IO.inspect(1..4 |> Task.async_stream(fn i -> Process.sleep(if(i == 2, do: 500, else: 1)); i end, timeout: 60, on_timeout: :kill_task) |> Enum.to_list())
IO.inspect(~w(a bb ccc) |> Task.async_stream(String, :length, []) |> Enum.to_list())
IO.inspect(1..3 |> Task.async_stream(& &1, ordered: false) |> Enum.map(&elem(&1, 1)) |> Enum.sort())
Process.flag(:trap_exit, true)
t = Task.async(fn -> raise ArgumentError, "inside" end)

try do
  Task.await(t)
catch
  :exit, {{e, _stack}, {Task, :await, [_, 5000]}} -> IO.inspect(e)
end

receive do {:EXIT, _, {e, _}} -> IO.inspect({:exit_message, e}) end
slow = Task.async(fn -> Process.sleep(:infinity) end)

try do
  Task.await(slow, 10)
catch
  :exit, {reason, {Task, :await, [%Task{}, 10]}} -> IO.inspect(reason)
end

Task.shutdown(slow, :brutal_kill)
{:ok, sup} = Task.Supervisor.start_link()
IO.inspect(Task.Supervisor.async(sup, fn -> :supervised end) |> Task.await())
crash = Task.Supervisor.async_nolink(sup, fn -> exit(:crashed) end)
IO.inspect(Task.yield(crash))
IO.inspect(Task.Supervisor.async_stream_nolink(sup, 1..3, fn 2 -> exit(:two); n -> n end) |> Enum.to_list())
me = self()
{:ok, pid} = Task.Supervisor.start_child(sup, fn -> send(me, :ran) end)
IO.inspect(is_pid(pid))
receive do :ran -> IO.puts("ran") end
IO.inspect(Task.await(Task.completed(:already)))
ignored = Task.async(fn -> :x end) |> Task.ignore()
IO.inspect(ignored in [nil, {:ok, :x}])
IO.inspect(Task.yield_many([Task.async(fn -> 1 end), Task.async(fn -> Process.sleep(:infinity) end)], timeout: 30, on_timeout: :kill_task) |> Enum.map(&elem(&1, 1)))

try do
  task = Task.async(fn -> 1 end)
  other = Task.async(fn -> Task.await(task) end)
  Task.await(other)
catch
  :exit, {{e, _}, _} -> IO.puts(Exception.message(e) |> String.replace(~r/#PID<[\d.]+>|#Reference<[\d.]+>/, "_") |> String.slice(0, 80))
end
