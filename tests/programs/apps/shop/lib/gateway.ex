defmodule Shop.Gateway do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, nil, name: __MODULE__)
  def authorize(number, cents) do
    GenServer.call(__MODULE__, {:authorize, number, cents}, 50)
  catch
    :exit, {:timeout, _} -> {:error, :gateway_timeout}
  end
  @impl true
  def init(_), do: {:ok, 0}
  @impl true
  def handle_call({:authorize, "slow", _}, from, n) do
    Process.send_after(self(), {:late, from}, 80)
    {:noreply, n}
  end
  def handle_call({:authorize, number, _}, _, n), do: if(luhn?(number), do: {:reply, {:ok, "auth-#{n + 1}"}, n + 1}, else: {:reply, {:error, :declined}, n})
  @impl true
  def handle_info({:late, from}, n) do
    GenServer.reply(from, {:ok, "late"})
    {:noreply, n}
  end
  defp luhn?(s) do
    s |> String.to_charlist() |> Enum.map(&(&1 - ?0)) |> Enum.reverse() |> Enum.with_index()
    |> Enum.map(fn {d, i} when rem(i, 2) == 1 -> d |> Kernel.*(2) |> Integer.digits() |> Enum.sum(); {d, _} -> d end)
    |> Enum.sum() |> rem(10) == 0
  end
end
