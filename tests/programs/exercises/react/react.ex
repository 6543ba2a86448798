defmodule React do
  use GenServer
  @opaque cells :: pid
  def new(cells), do: GenServer.start_link(__MODULE__, cells)
  def get_value(p, n), do: GenServer.call(p, {:get, n})
  def set_value(p, n, v), do: GenServer.cast(p, {:set, n, v})
  def add_callback(p, cell, name, f), do: GenServer.cast(p, {:add, cell, name, f})
  def remove_callback(p, cell, name), do: GenServer.cast(p, {:remove, cell, name})
  @impl GenServer
  def init(cells) do
    state = Enum.reduce(cells, %{order: [], cells: %{}, callbacks: %{}}, fn
      {:input, n, v}, s -> put_in(s.cells[n], %{value: v, compute: nil})
      {:output, n, deps, f}, s -> s |> update_in([:order], &(&1 ++ [n])) |> put_in([:cells, n], %{value: nil, compute: {deps, f}})
    end)
    {:ok, recompute(state) |> elem(0)}
  end
  @impl GenServer
  def handle_call({:get, n}, _, s), do: {:reply, s.cells[n].value, s}
  @impl GenServer
  def handle_cast({:set, n, v}, s) do
    {s, changed} = s |> put_in([:cells, n, :value], v) |> recompute()
    for n <- changed, {name, f} <- Map.get(s.callbacks, n, %{}), do: f.(name, s.cells[n].value)
    {:noreply, s}
  end
  def handle_cast({:add, c, n, f}, s), do: {:noreply, update_in(s, [:callbacks, Access.key(c, %{})], &Map.put(&1, n, f))}
  def handle_cast({:remove, c, n}, s), do: {:noreply, update_in(s, [:callbacks, Access.key(c, %{})], &Map.delete(&1, n))}
  defp recompute(s) do
    Enum.reduce(s.order, {s, []}, fn n, {s, ch} ->
      %{value: old, compute: {deps, f}} = s.cells[n]
      new = apply(f, Enum.map(deps, &s.cells[&1].value))
      {put_in(s.cells[n].value, new), if(new == old, do: ch, else: [n | ch])}
    end)
  end
end
