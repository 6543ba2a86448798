defmodule Shop.Product do
  alias Shop.Money
  defstruct [:sku, :name, :price, category: :general]
  def new(sku, name, cents, category \\ :general), do: %__MODULE__{sku: sku, name: name, price: Money.new(cents), category: category}
end
