defmodule Shop do
  use Supervisor
  alias Shop.{Address, Audit, Cart, Customer, Mailer, Order, OrderStore, Payment, Report, Stock}

  def start_link(levels), do: Supervisor.start_link(__MODULE__, levels)
  @impl true
  def init(levels), do: Supervisor.init([Shop.EventBus, {Stock, levels}, Shop.Gateway, OrderStore, Mailer, Audit], strategy: :rest_for_one)

  def main do
    {:ok, sup} = start_link(%{"P1" => 20, "P2" => 3, "F1" => 100, "F2" => 1, "B1" => 2})
    {:ok, home} = Address.parse("Main 1, Oslo, NO")
    {:ok, ann} = Customer.new("Ann", "ann@example.org", home)
    IO.inspect(Customer.new("Bad", "nope", home))
    IO.inspect(ann)
    good = %Payment.Card{number: "4539319503436467"}

    [
      {[{"P1", 12}, {"B1", 1}], good, 0},
      {[{"F2", 2}], good, 0},
      {[{"P2", 1}], %Payment.Card{number: "1234"}, 0},
      {[{"P2", 3}, {"F1", 10}], %Payment.Voucher{left: 5000}, 2},
      {[{"B1", 1}], %Payment.Voucher{left: 5}, 0},
      {[{"F1", 1}], %Payment.Card{number: "slow"}, 0}
    ]
    |> Enum.with_index(1)
    |> Enum.each(fn {{lines, method, orders}, id} ->
      cart = Enum.reduce(lines, Cart.new(), fn {sku, n}, c -> elem(Cart.add(c, sku, n), 1) end)
      case Order.place(id, %{ann | orders: orders}, cart, method) do
        {:ok, order} ->
          OrderStore.save(order)
          IO.puts("order #{id}: #{order.quote.net} -> #{order.quote.total} #{inspect(order.quote.discounts)}")
        {:error, reason} -> IO.puts("order #{id} failed: #{inspect(reason)}")
      end
    end)

    IO.inspect(Cart.add(Cart.new(), "XX"))
    IO.inspect(Stock.levels())
    Enum.each(Mailer.sent(), &IO.puts/1)
    IO.inspect(Audit.log())
    IO.inspect(Report.by_category())
    Supervisor.stop(sup)
  end
end
