defmodule Shop.Catalogue do
  @products [{"P1", "Pen", 250, :office}, {"P2", "Notebook", 799, :office}, {"F1", "Apple", 60, :food}, {"F2", "Bread", 320, :food}, {"B1", "Book", 1999, :books}]
  for {sku, name, cents, cat} <- @products do
    def fetch(unquote(sku)), do: {:ok, Shop.Product.new(unquote(sku), unquote(name), unquote(cents), unquote(cat))}
  end
  def fetch(sku), do: {:error, {:unknown_product, sku}}
  def skus, do: Enum.map(@products, &elem(&1, 0))
end
