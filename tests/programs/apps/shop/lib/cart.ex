defmodule Shop.Cart do
  defstruct lines: %{}
  def new, do: %__MODULE__{}
  def add(cart, sku, n \\ 1) do
    with {:ok, _} <- Shop.Catalogue.fetch(sku), do: {:ok, update_in(cart.lines, &Map.update(&1, sku, n, fn k -> k + n end))}
  end

  defimpl Enumerable do
    def count(c), do: {:ok, map_size(c.lines)}
    def member?(c, {k, v}), do: {:ok, c.lines[k] == v}
    def slice(_), do: {:error, __MODULE__}
    def reduce(c, acc, f), do: c.lines |> Enum.sort() |> Enumerable.List.reduce(acc, f)
  end
end
