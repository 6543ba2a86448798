defmodule Shop.Report do
  alias Shop.{Money, OrderStore}
  def by_category do
    for(o <- OrderStore.all(), {p, _, m} <- o.quote.lines, do: {p.category, m})
    |> Enum.group_by(&elem(&1, 0), &elem(&1, 1))
    |> Enum.map(fn {c, ms} -> {c, Money.sum(ms)} end)
    |> Enum.sort_by(fn {_, m} -> -m.cents end)
  end
end
