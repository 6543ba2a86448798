defmodule Shop.Audit do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def log, do: GenServer.call(__MODULE__, :log)
  @impl true
  def init(_) do
    Shop.EventBus.subscribe()
    {:ok, []}
  end
  @impl true
  def handle_info(event, log), do: {:noreply, [elem(event, 0) | log]}
  @impl true
  def handle_call(:log, _, log), do: {:reply, Enum.reverse(log), log}
end
