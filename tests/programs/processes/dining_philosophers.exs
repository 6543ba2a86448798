# Dining philosophers with a waiter process; everybody eats, nobody starves.
defmodule Waiter do
  def start(n), do: spawn_link(fn -> loop(MapSet.new(0..(n - 1)), [], n) end)

  defp loop(free, queue, n) do
    {served, queue} = Enum.split_with(queue, fn {_, i} -> i in free and rem(i + 1, n) in free end) |> pick(free, n)
    free = Enum.reduce(served, free, fn {pid, i}, f -> send(pid, :eat); f |> MapSet.delete(i) |> MapSet.delete(rem(i + 1, n)) end)
    receive do
      {:hungry, pid, i} -> loop(free, queue ++ [{pid, i}], n)
      {:done, i} -> loop(free |> MapSet.put(i) |> MapSet.put(rem(i + 1, n)), queue, n)
      :close -> :ok
    end
  end

  defp pick({able, rest}, free, n) do
    {served, left, _} = Enum.reduce(able, {[], [], free}, fn {_, i} = w, {s, l, f} ->
      if i in f and rem(i + 1, n) in f, do: {[w | s], l, f |> MapSet.delete(i) |> MapSet.delete(rem(i + 1, n))}, else: {s, [w | l], f}
    end)
    {served, left ++ rest}
  end
end

defmodule Philosopher do
  def run(waiter, i, meals) do
    for _ <- 1..meals do
      send(waiter, {:hungry, self(), i})
      receive do :eat -> :ok end
      Process.sleep(1)
      send(waiter, {:done, i})
    end
    {i, meals}
  end
end

waiter = Waiter.start(5)
IO.inspect(0..4 |> Enum.map(fn i -> Task.async(Philosopher, :run, [waiter, i, 4]) end) |> Task.await_many())
send(waiter, :close)
