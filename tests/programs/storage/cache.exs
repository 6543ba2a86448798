# A cache with time to live: GenServer for writes, ETS for reads, a sweeper, loaders run once for many askers.
defmodule Cache do
  use GenServer
  def start_link(opts), do: GenServer.start_link(__MODULE__, opts, name: __MODULE__)
  def get(key) do
    now = System.monotonic_time(:millisecond)
    case :ets.lookup(__MODULE__, key) do
      [{_, v, expires}] when expires > now -> {:hit, v}
      _ -> :miss
    end
  end
  def fetch(key, loader), do: with(:miss <- get(key), do: GenServer.call(__MODULE__, {:load, key, loader}))
  def size, do: :ets.info(__MODULE__, :size)

  @impl true
  def init(opts) do
    :ets.new(__MODULE__, [:named_table, read_concurrency: true])
    Process.send_after(self(), :sweep, opts[:sweep])
    {:ok, %{ttl: opts[:ttl], sweep: opts[:sweep], pending: %{}}}
  end

  @impl true
  def handle_call({:load, key, loader}, from, s) do
    if s.pending[key] do
      {:noreply, update_in(s.pending[key], &[from | &1])}
    else
      me = self()
      Task.start_link(fn -> send(me, {:loaded, key, loader.()}) end)
      {:noreply, put_in(s.pending[key], [from])}
    end
  end

  @impl true
  def handle_info({:loaded, key, v}, s) do
    :ets.insert(__MODULE__, {key, v, System.monotonic_time(:millisecond) + s.ttl})
    {waiting, pending} = Map.pop(s.pending, key)
    Enum.each(waiting, &GenServer.reply(&1, {:loaded, v}))
    {:noreply, %{s | pending: pending}}
  end
  def handle_info(:sweep, s) do
    now = System.monotonic_time(:millisecond)
    :ets.select_delete(__MODULE__, [{{:_, :_, :"$1"}, [{:"=<", :"$1", now}], [true]}])
    Process.send_after(self(), :sweep, s.sweep)
    {:noreply, s}
  end
end

{:ok, _} = Cache.start_link(ttl: 200, sweep: 40)
loads = :counters.new(1, [])
loader = fn -> :counters.add(loads, 1, 1); Process.sleep(30); :value end
IO.inspect(1..5 |> Enum.map(fn _ -> Task.async(fn -> Cache.fetch(:k, loader) end) end) |> Task.await_many() |> Enum.uniq())
IO.inspect({:counters.get(loads, 1), Cache.get(:k), Cache.size()})
Process.sleep(400)
IO.inspect({Cache.get(:k), Cache.size()})
IO.inspect({Cache.fetch(:k, loader), :counters.get(loads, 1)})
