defmodule Shop.Mailer do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def sent, do: GenServer.call(__MODULE__, :sent)
  @impl true
  def init(_) do
    Shop.EventBus.subscribe()
    {:ok, []}
  end
  @impl true
  def handle_info({:order_placed, order}, sent), do: {:noreply, [Shop.Template.receipt(order) | sent]}
  def handle_info(_, sent), do: {:noreply, sent}
  @impl true
  def handle_call(:sent, _, sent), do: {:reply, Enum.reverse(sent), sent}
end
