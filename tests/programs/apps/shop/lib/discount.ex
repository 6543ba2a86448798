defmodule Shop.Discount do
  alias Shop.Money
  @callback apply_to([tuple], Shop.Customer.t()) :: {String.t(), Money.t()} | nil

  defmodule Bulk do
    @behaviour Shop.Discount
    @impl true
    def apply_to(lines, _) do
      cents = for({_, n, m} <- lines, n >= 10, do: Money.times(m, -0.1)) |> Money.sum()
      if cents.cents != 0, do: {"bulk", cents}
    end
  end

  defmodule Loyal do
    @behaviour Shop.Discount
    @impl true
    def apply_to(lines, %{orders: n}) when n >= 2, do: {"loyal", lines |> Enum.map(&elem(&1, 2)) |> Money.sum() |> Money.times(-0.05)}
    def apply_to(_, _), do: nil
  end

  def all(lines, customer), do: [Bulk, Loyal] |> Enum.map(& &1.apply_to(lines, customer)) |> Enum.reject(&is_nil/1)
end
