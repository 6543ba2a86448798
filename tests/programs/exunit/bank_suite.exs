# A small project with its tests in one file: a bank of GenServers with transfers and properties checked in loops.
defmodule Bank.Account do
  use GenServer, restart: :temporary
  def start_link({id, balance}), do: GenServer.start_link(__MODULE__, balance, name: via(id))
  def balance(id), do: GenServer.call(via(id), :balance)
  def deposit(id, n) when n > 0, do: GenServer.call(via(id), {:deposit, n})
  def withdraw(id, n) when n > 0, do: GenServer.call(via(id), {:withdraw, n})
  defp via(id), do: {:via, Registry, {Bank.Registry, id}}
  @impl true
  def init(b), do: {:ok, b}
  @impl true
  def handle_call(:balance, _, b), do: {:reply, b, b}
  def handle_call({:deposit, n}, _, b), do: {:reply, :ok, b + n}
  def handle_call({:withdraw, n}, _, b) when n > b, do: {:reply, {:error, :insufficient}, b}
  def handle_call({:withdraw, n}, _, b), do: {:reply, :ok, b - n}
end

defmodule Bank do
  use Supervisor
  def start_link(_), do: Supervisor.start_link(__MODULE__, [])
  @impl true
  def init(_), do: Supervisor.init([{Registry, keys: :unique, name: Bank.Registry}, {DynamicSupervisor, name: Bank.Accounts}], strategy: :one_for_all)
  def open(id, balance \\ 0) do
    case DynamicSupervisor.start_child(Bank.Accounts, {Bank.Account, {id, balance}}) do
      {:ok, _} -> :ok
      {:error, {:already_started, _}} -> {:error, :exists}
    end
  end
  def transfer(from, to, n) do
    with :ok <- Bank.Account.withdraw(from, n) do
      try do
        Bank.Account.deposit(to, n)
      catch
        :exit, {:noproc, _} ->
          Bank.Account.deposit(from, n)
          {:error, :no_such_account}
      end
    end
  end
end

ExUnit.start(seed: 0, max_cases: 1, colors: [enabled: false])

defmodule BankTest do
  use ExUnit.Case
  setup do
    start_supervised!(Bank)
    :ok = Bank.open("ann", 100)
    :ok = Bank.open("bob")
  end

  test "opens once", do: assert(Bank.open("ann") == {:error, :exists})

  test "moves money" do
    assert :ok = Bank.transfer("ann", "bob", 30)
    assert {Bank.Account.balance("ann"), Bank.Account.balance("bob")} == {70, 30}
  end

  test "refuses overdraft", do: assert(Bank.transfer("bob", "ann", 1) == {:error, :insufficient})

  test "gives money back when the receiver is missing" do
    assert Bank.transfer("ann", "nobody", 5) == {:error, :no_such_account}
    assert Bank.Account.balance("ann") == 100
  end

  test "total stays the same under concurrent transfers" do
    for i <- 1..8, do: Bank.open(i, 50)
    1..200
    |> Task.async_stream(fn n -> Bank.transfer(rem(n * 7, 8) + 1, rem(n * 3, 8) + 1, rem(n, 9) + 1) end, max_concurrency: 16)
    |> Stream.run()
    assert Enum.sum(for i <- 1..8, do: Bank.Account.balance(i)) == 400
  end

  test "guards" do
    assert_raise FunctionClauseError, fn -> Bank.Account.deposit("ann", -1) end
  end
end
