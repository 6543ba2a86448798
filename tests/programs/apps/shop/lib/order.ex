defmodule Shop.Order do
  alias Shop.{EventBus, Payment, Pricing, Stock}
  defstruct [:id, :customer, :quote, :payment, status: :new]
  def place(id, customer, cart, method) do
    quote = Pricing.quote_for(cart, customer)
    lines = Enum.to_list(cart)
    order = %__MODULE__{id: id, customer: customer, quote: quote}
    with :ok <- Stock.reserve(lines),
         {:ok, payment} <- pay(method, quote.total, lines) do
      order = %{order | payment: payment, status: :paid}
      EventBus.publish({:order_placed, order})
      {:ok, order}
    else
      {:error, reason} ->
        EventBus.publish({:order_failed, id, reason})
        {:error, reason}
    end
  end
  defp pay(method, total, lines) do
    with {:error, _} = error <- Payment.charge(method, total) do
      :ok = Stock.release(lines)
      error
    end
  end
end
