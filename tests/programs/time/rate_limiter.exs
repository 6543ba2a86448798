# A token bucket and a sliding window with an injected clock, then the same under a real one.
defmodule Bucket do
  defstruct [:capacity, :per_second, :tokens, :at]
  def new(capacity, per_second, now), do: %Bucket{capacity: capacity, per_second: per_second, tokens: capacity * 1.0, at: now}
  def take(b, now) do
    b = %{b | tokens: min(b.capacity * 1.0, b.tokens + (now - b.at) * b.per_second / 1000), at: now}
    if b.tokens >= 1, do: {:ok, %{b | tokens: b.tokens - 1}}, else: {{:wait, ceil((1 - b.tokens) * 1000 / b.per_second)}, b}
  end
end

defmodule Window do
  use GenServer
  def start_link(opts), do: GenServer.start_link(__MODULE__, Map.new(opts))
  def hit(pid, key), do: GenServer.call(pid, {:hit, key})
  def init(opts), do: {:ok, Map.put(opts, :hits, %{})}
  def handle_call({:hit, key}, _, s) do
    now = s.clock.()
    recent = s.hits |> Map.get(key, []) |> Enum.filter(&(&1 > now - s.window))
    if length(recent) < s.limit,
      do: {:reply, {:allow, s.limit - length(recent) - 1}, put_in(s.hits[key], [now | recent])},
      else: {:reply, {:deny, List.last(recent) + s.window - now}, put_in(s.hits[key], recent)}
  end
end

{results, _} = Enum.map_reduce([0, 0, 0, 100, 600, 700, 2000, 2000, 2000, 2000], Bucket.new(2, 2, 0), fn t, b -> {r, b} = Bucket.take(b, t); {{t, r}, b} end)
IO.inspect(results)
{:ok, clock} = Agent.start_link(fn -> 0 end)
{:ok, w} = Window.start_link(limit: 2, window: 1000, clock: fn -> Agent.get(clock, & &1) end)
for {t, key} <- [{0, :a}, {10, :a}, {20, :a}, {20, :b}, {900, :a}, {1001, :a}, {1005, :a}] do
  Agent.update(clock, fn _ -> t end)
  IO.inspect({t, key, Window.hit(w, key)})
end

{:ok, w} = Window.start_link(limit: 1, window: 40, clock: fn -> System.monotonic_time(:millisecond) end)
IO.inspect(elem(Window.hit(w, 1), 0))
IO.inspect(elem(Window.hit(w, 1), 0))
Process.sleep(60)
IO.inspect(elem(Window.hit(w, 1), 0))
