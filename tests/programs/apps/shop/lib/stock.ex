defmodule Shop.Stock do
  use GenServer
  def start_link(levels), do: GenServer.start_link(__MODULE__, levels, name: __MODULE__)
  def reserve(lines), do: GenServer.call(__MODULE__, {:reserve, lines})
  def release(lines), do: GenServer.call(__MODULE__, {:release, lines})
  def levels, do: GenServer.call(__MODULE__, :levels)
  @impl true
  def init(levels), do: {:ok, levels}
  @impl true
  def handle_call({:reserve, lines}, _, levels) do
    case Enum.find(lines, fn {sku, n} -> Map.get(levels, sku, 0) < n end) do
      nil -> {:reply, :ok, Enum.reduce(lines, levels, fn {sku, n}, l -> Map.update!(l, sku, &(&1 - n)) end)}
      {sku, _} -> {:reply, {:error, {:out_of_stock, sku}}, levels}
    end
  end
  def handle_call({:release, lines}, _, levels), do: {:reply, :ok, Enum.reduce(lines, levels, fn {sku, n}, l -> Map.update!(l, sku, &(&1 + n)) end)}
  def handle_call(:levels, _, levels), do: {:reply, levels, levels}
end
