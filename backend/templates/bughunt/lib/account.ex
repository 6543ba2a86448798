defmodule Account do
  @moduledoc "An account. It knows its balance, and does what it is told."
  use GenServer

  def start_link(balance), do: GenServer.start_link(__MODULE__, balance)

  def balance(account), do: GenServer.call(account, :balance)

  def set(account, balance), do: GenServer.call(account, {:set, balance})

  @impl true
  def init(balance), do: {:ok, balance}

  @impl true
  def handle_call(:balance, _from, balance), do: {:reply, balance, balance}
  def handle_call({:set, balance}, _from, _old), do: {:reply, :ok, balance}

  # Hint: what would a call `{:add, amount}` have that `:balance` and `{:set, balance}` together have not?
end
