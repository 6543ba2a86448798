# Bare processes: spawn, send, selective receive, timeouts, a ring, mailbox order.
parent = self()
echo = spawn(fn -> receive do {from, msg} -> send(from, {:echo, msg}) end end)
send(echo, {parent, "hi"})
receive do {:echo, m} -> IO.puts(m) end

for i <- 1..5, do: send(self(), {:n, i})
send(self(), :urgent)
receive do :urgent -> IO.puts("urgent first") end
IO.inspect(for _ <- 1..5 do receive do {:n, i} -> i end end)
IO.inspect(receive do _ -> :some after 0 -> :empty end)
IO.inspect(receive do _ -> :some after 20 -> :timed_out end)

ring = fn n, rounds ->
  last = Enum.reduce(1..n, self(), fn _, next -> spawn(fn -> (fn loop -> loop.(loop) end).(fn loop -> receive do {:token, k} -> send(next, {:token, k + 1}); loop.(loop); :stop -> send(next, :stop) end end) end) end)
  total = Enum.reduce(1..rounds, 0, fn _, acc -> send(last, {:token, acc}); receive do {:token, k} -> k end end)
  send(last, :stop)
  receive do :stop -> total end
end

IO.inspect(ring.(50, 10))
pids = for i <- 1..100, do: spawn(fn -> send(parent, {:square, i, i * i}) end)
IO.inspect(length(Enum.uniq(pids)))
IO.inspect(for(i <- 1..100, do: receive(do: ({:square, ^i, s} -> s))) |> Enum.sum())
Process.register(self(), :main)
spawn(fn -> send(:main, :by_name) end)
receive do m -> IO.inspect(m) end
IO.inspect(Process.whereis(:main) == self())
IO.inspect(Process.whereis(:nobody))

try do
  send(:nobody, :x)
rescue
  e -> IO.puts(Exception.message(e) |> String.split("\n") |> Enum.at(2))
end
