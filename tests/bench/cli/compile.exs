# Compiles and runs a program of two modules and forty lines as often as the first argument says. The difference between two
# numbers of times is what it takes when the compiler is warm.
source = ~S"""
defmodule Ledger do
  use GenServer

  def start_link(opts), do: GenServer.start_link(__MODULE__, opts, name: __MODULE__)
  def deposit(account, amount) when amount > 0, do: GenServer.call(__MODULE__, {:deposit, account, amount})
  def withdraw(account, amount), do: GenServer.call(__MODULE__, {:withdraw, account, amount})
  def balance(account), do: GenServer.call(__MODULE__, {:balance, account})

  @impl true
  def init(opts), do: {:ok, Map.new(opts)}

  @impl true
  def handle_call({:deposit, account, amount}, _from, state) do
    state = Map.update(state, account, amount, &(&1 + amount))
    {:reply, {:ok, state[account]}, state}
  end

  def handle_call({:withdraw, account, amount}, _from, state) do
    case Map.fetch(state, account) do
      {:ok, balance} when balance >= amount ->
        {:reply, {:ok, balance - amount}, %{state | account => balance - amount}}

      {:ok, balance} ->
        {:reply, {:error, {:insufficient, balance}}, state}

      :error ->
        {:reply, {:error, :unknown}, state}
    end
  end

  def handle_call({:balance, account}, _from, state), do: {:reply, state[account], state}
end

defmodule Ledger.Supervisor do
  use Supervisor

  def start_link(opts), do: Supervisor.start_link(__MODULE__, opts, name: __MODULE__)

  @impl true
  def init(opts), do: Supervisor.init([{Ledger, opts}], strategy: :one_for_one)
end
"""

Code.put_compiler_option(:ignore_module_conflict, true)

for _ <- 1..String.to_integer(hd(System.argv())) do
  Code.compile_string(source, "ledger.ex")
  {:ok, supervisor} = Ledger.Supervisor.start_link(anna: 10)
  {:ok, 15} = Ledger.deposit(:anna, 5)
  {:error, {:insufficient, 15}} = Ledger.withdraw(:anna, 20)
  Supervisor.stop(supervisor)
end
