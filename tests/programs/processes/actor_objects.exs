# Processes as objects with closures as state: a counter, a lock, a bounded buffer, a barrier, a rendezvous.
defmodule Actor do
  def new(state, handle), do: spawn_link(fn -> loop(state, handle) end)
  defp loop(state, handle) do
    receive do
      {:ask, from, ref, q} ->
        case handle.(q, {from, ref}, state) do
          {:reply, r, s} -> send(from, {ref, r}); loop(s, handle)
          {:later, s} -> loop(s, handle)
        end
    end
  end

  def ask(pid, q) do
    ref = make_ref()
    send(pid, {:ask, self(), ref, q})
    receive do {^ref, r} -> r end
  end

  def answer({from, ref}, r), do: send(from, {ref, r})
end

counter = Actor.new(0, fn :inc, _, n -> {:reply, n + 1, n + 1} end)
IO.inspect(for(_ <- 1..10, do: Task.async(fn -> Actor.ask(counter, :inc) end)) |> Task.await_many() |> Enum.sort())

barrier = Actor.new([], fn :wait, from, waiting ->
  if length(waiting) == 3, do: (Enum.each(waiting, &Actor.answer(&1, :go)); {:reply, :go, []}), else: {:later, [from | waiting]}
end)
IO.inspect(for(_ <- 1..4, do: Task.async(fn -> Actor.ask(barrier, :wait) end)) |> Task.await_many())

buffer = Actor.new({[], [], []}, fn
  {:put, x}, _, {items, [getter | gs], ps} -> Actor.answer(getter, x); {:reply, :ok, {items, gs, ps}}
  {:put, x}, _, {items, [], ps} when length(items) < 2 -> {:reply, :ok, {items ++ [x], [], ps}}
  {:put, x}, from, {items, gs, ps} -> {:later, {items, gs, ps ++ [{from, x}]}}
  :get, _, {[h | t], gs, [{p, x} | ps]} -> Actor.answer(p, :ok); {:reply, h, {t ++ [x], gs, ps}}
  :get, _, {[h | t], gs, []} -> {:reply, h, {t, gs, []}}
  :get, from, {[], gs, ps} -> {:later, {[], gs ++ [from], ps}}
end)
producer = Task.async(fn -> for i <- 1..10, do: Actor.ask(buffer, {:put, i}) end)
IO.inspect(for _ <- 1..10, do: Actor.ask(buffer, :get))
IO.inspect(Task.await(producer) |> Enum.uniq())
