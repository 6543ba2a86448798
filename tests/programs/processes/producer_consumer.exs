# A pipeline with demand, in the manner of GenStage: producer, stages, consumers with back pressure.
defmodule Producer do
  use GenServer
  def start_link(range), do: GenServer.start_link(__MODULE__, Enum.to_list(range))
  def init(list), do: {:ok, list}
  def handle_call({:demand, n}, _from, list) do
    {now, later} = Enum.split(list, n)
    {:reply, if(now == [], do: :halt, else: now), later}
  end
end

defmodule Stage do
  use GenServer
  def start_link(up, fun, batch), do: GenServer.start_link(__MODULE__, {up, fun, batch})
  def init({up, fun, batch}), do: {:ok, %{up: up, fun: fun, batch: batch, buffer: [], asked: 0}}

  def handle_call({:demand, n}, _from, s) do
    s = fill(s, n)
    {now, later} = Enum.split(s.buffer, n)
    {:reply, if(now == [], do: :halt, else: now), %{s | buffer: later}}
  end
  def handle_call(:asked, _, s), do: {:reply, s.asked, s}

  defp fill(s, n) when length(s.buffer) >= n, do: s
  defp fill(s, n) do
    case GenServer.call(s.up, {:demand, s.batch}) do
      :halt -> s
      items -> fill(%{s | buffer: s.buffer ++ Enum.flat_map(items, s.fun), asked: s.asked + 1}, n)
    end
  end
end

defmodule Consumer do
  def run(up, batch, sink) do
    case GenServer.call(up, {:demand, batch}) do
      :halt -> :done
      items -> sink.(items); run(up, batch, sink)
    end
  end
end

{:ok, p} = Producer.start_link(1..100)
{:ok, odd} = Stage.start_link(p, fn n -> if rem(n, 2) == 1, do: [n], else: [] end, 10)
{:ok, twice} = Stage.start_link(odd, &[&1, -&1], 7)
{:ok, acc} = Agent.start_link(fn -> [] end)
consumers = for _ <- 1..3, do: Task.async(fn -> Consumer.run(twice, 5, fn items -> Agent.update(acc, &(items ++ &1)) end) end)
IO.inspect(Task.await_many(consumers))
all = Agent.get(acc, & &1)
IO.inspect({length(all), Enum.sum(all), Enum.max(all), length(Enum.uniq(all))})
IO.inspect({GenServer.call(odd, :asked), GenServer.call(twice, :asked)})
