# Much output, in order, from several processes through one group leader.
for i <- 1..2000, do: IO.puts("line #{i} #{String.duplicate("x", rem(i, 50))}")
parent = self()
{:ok, printer} = Agent.start_link(fn -> 0 end)
for i <- 1..20, do: spawn_link(fn -> Agent.update(printer, fn n -> IO.puts("process print"); n + 1 end); send(parent, {:done, i}) end)
for i <- 1..20, do: receive(do: ({:done, ^i} -> :ok))
IO.puts(Agent.get(printer, & &1))
IO.write(List.duplicate("é", 5000))
IO.puts("")
