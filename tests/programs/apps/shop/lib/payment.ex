defprotocol Shop.Payment do
  @spec charge(t, Shop.Money.t()) :: {:ok, String.t()} | {:error, term}
  def charge(method, amount)
end

defmodule Shop.Payment.Card do
  defstruct [:number]
end

defmodule Shop.Payment.Voucher do
  defstruct [:left]
end

defimpl Shop.Payment, for: Shop.Payment.Card do
  def charge(card, amount), do: Shop.Gateway.authorize(card.number, amount.cents)
end

defimpl Shop.Payment, for: Shop.Payment.Voucher do
  def charge(%{left: left}, %{cents: c}) when left >= c, do: {:ok, "voucher"}
  def charge(_, _), do: {:error, :voucher_too_small}
end
