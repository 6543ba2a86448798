{:ok, _crew} = Crew.start_link([])

for name <- Crew.workers() do
  IO.puts("#{name} says 84 / 2 = #{Worker.work(name, {84, 2})}")
end

# Nobody can divide by zero. Bob crashes, and whoever waits for his answer is told.
try do
  Worker.work(:bob, {1, 0})
catch
  :exit, {{reason, _stack}, _call} -> IO.puts("bob is gone: #{inspect(reason)}")
end

# The supervisor has begun to start him again; he is there as soon as his name is.
wait = fn wait -> if Process.whereis(:bob), do: :ok, else: Process.sleep(10) && wait.(wait) end
wait.(wait)

for name <- Crew.workers() do
  IO.puts("#{name} has done #{Worker.jobs(name)} jobs")
end
