defmodule Shop.Pricing do
  alias Shop.{Catalogue, Discount, Money, Tax}
  def quote_for(cart, customer) do
    lines = for {sku, n} <- cart, {:ok, p} = Catalogue.fetch(sku), do: {p, n, Money.times(p.price, n)}
    net = lines |> Enum.map(&elem(&1, 2)) |> Money.sum()
    reductions = Discount.all(lines, customer)
    after_discount = Money.sum([net | Enum.map(reductions, &elem(&1, 1))])
    tax = Tax.of(after_discount, customer.address.country)
    %{lines: lines, net: net, discounts: reductions, tax: tax, total: Money.add(after_discount, tax)}
  end
end
