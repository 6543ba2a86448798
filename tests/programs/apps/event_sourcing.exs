# Event sourcing: commands make events, projections fold them, snapshots shorten the replay, subscribers see all in order.
defmodule Cart do
  defstruct items: %{}, state: :open, version: 0
  def decide(%{state: :paid}, _), do: {:error, :already_paid}
  def decide(_, {:add, sku, n}) when n > 0, do: {:ok, [{:added, sku, n}]}
  def decide(_, {:add, _, _}), do: {:error, :bad_quantity}
  def decide(%{items: i}, {:remove, sku}), do: if(i[sku], do: {:ok, [{:removed, sku}]}, else: {:error, :not_in_cart})
  def decide(%{items: i}, :pay), do: if(i == %{}, do: {:error, :empty}, else: {:ok, [{:paid, Enum.sum(Map.values(i)) * 10}, :closed]})
  def apply_event({:added, sku, n}, c), do: bump(update_in(c.items, &Map.update(&1, sku, n, fn k -> k + n end)))
  def apply_event({:removed, sku}, c), do: bump(update_in(c.items, &Map.delete(&1, sku)))
  def apply_event({:paid, _}, c), do: bump(%{c | state: :paid})
  def apply_event(:closed, c), do: bump(c)
  defp bump(c), do: %{c | version: c.version + 1}
end

defmodule Store do
  use GenServer
  def start_link(_ \\ nil), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def append(stream, expected, events), do: GenServer.call(__MODULE__, {:append, stream, expected, events})
  def read(stream, from \\ 0), do: GenServer.call(__MODULE__, {:read, stream, from})
  def subscribe, do: GenServer.call(__MODULE__, :subscribe)
  def init(_), do: {:ok, %{streams: %{}, subs: []}}
  def handle_call({:append, st, expected, events}, _, s) do
    log = Map.get(s.streams, st, [])
    if length(log) == expected do
      for e <- events, sub <- s.subs, do: send(sub, {:event, st, e})
      {:reply, :ok, put_in(s.streams[st], log ++ events)}
    else
      {:reply, {:error, {:conflict, length(log)}}, s}
    end
  end
  def handle_call({:read, st, from}, _, s), do: {:reply, s.streams |> Map.get(st, []) |> Enum.drop(from), s}
  def handle_call(:subscribe, {pid, _}, s), do: {:reply, :ok, %{s | subs: [pid | s.subs]}}
end

defmodule App do
  def handle(id, command, retries \\ 3) do
    cart = load(id)
    with {:ok, events} <- Cart.decide(cart, command) do
      case Store.append(id, cart.version, events) do
        :ok -> {:ok, events}
        {:error, {:conflict, _}} when retries > 0 -> handle(id, command, retries - 1)
        error -> error
      end
    end
  end
  def load(id, snapshot \\ %Cart{}), do: id |> Store.read(snapshot.version) |> Enum.reduce(snapshot, &Cart.apply_event/2)
end

defmodule Run do
  def go do
    {:ok, _} = Store.start_link()
    Store.subscribe()
    for cmd <- [{:add, :pen, 2}, {:add, :ink, 0}, {:add, :ink, 1}, {:remove, :cap}, {:add, :pen, 1}, {:remove, :ink}, :pay, {:add, :pen, 1}], do: IO.inspect({cmd, App.handle("c1", cmd)})
    IO.inspect(App.load("c1"))
    snapshot = App.load("c1")
    IO.inspect(App.load("c1", snapshot) == snapshot)
    results = 1..20 |> Enum.map(fn i -> Task.async(fn -> App.handle("c2", {:add, rem(i, 3), i}, 100) end) end) |> Task.await_many() |> Enum.frequencies_by(&elem(&1, 0))
    IO.inspect(results)
    IO.inspect(App.load("c2"))
    IO.inspect(Store.append("c2", 0, [:x]))
    seen = Stream.repeatedly(fn -> receive do {:event, s, e} -> {s, e} after 0 -> nil end end) |> Enum.take_while(& &1)
    IO.inspect(for {"c1", e} <- seen, do: e)
    IO.inspect(length(seen))
  end
end

Run.go()
