defmodule Shop.Tax do
  @rates %{no: 0.25, de: 0.19, us: 0.0}
  def of(money, country), do: Shop.Money.times(money, Map.get(@rates, country, 0.2))
end
