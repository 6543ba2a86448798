# Bank accounts as processes, two-phase transfers, a ledger, and an audit that proves no money is lost under crashes.
Logger.configure(level: :none)

defmodule Account do
  use GenServer, restart: :transient
  def start_link({id, ledger}), do: GenServer.start_link(__MODULE__, {id, ledger}, name: {:global, {:account, id}})
  def call(id, m), do: GenServer.call({:global, {:account, id}}, m)
  def init({id, ledger}), do: {:ok, %{id: id, ledger: ledger, balance: Agent.get(ledger, &balance(&1, id)), held: %{}}}
  defp balance(entries, id), do: for({^id, n} <- Enum.map(entries, fn {_, i, n} -> {i, n} end), reduce: 0, do: (acc -> acc + n))

  def handle_call(:balance, _, s), do: {:reply, s.balance, s}
  def handle_call({:hold, tx, n}, _, s) do
    if s.balance >= n, do: {:reply, :ok, %{s | balance: s.balance - n, held: Map.put(s.held, tx, n)}}, else: {:reply, {:error, :insufficient}, s}
  end
  def handle_call({:commit_debit, tx}, _, s) do
    {n, held} = Map.pop!(s.held, tx)
    Agent.update(s.ledger, &[{tx, s.id, -n} | &1])
    {:reply, :ok, %{s | held: held}}
  end
  def handle_call({:release, tx}, _, s) do
    {n, held} = Map.pop(s.held, tx, 0)
    {:reply, :ok, %{s | balance: s.balance + n, held: held}}
  end
  def handle_call({:credit, tx, n}, _, s) do
    Agent.update(s.ledger, &[{tx, s.id, n} | &1])
    {:reply, :ok, %{s | balance: s.balance + n}}
  end
  def handle_call(:crash, _, _), do: raise("crash")
end

defmodule Transfer do
  def run(tx, from, to, n) do
    with true <- :global.whereis_name({:account, to}) != :undefined || {:error, :no_receiver},
         :ok <- Account.call(from, {:hold, tx, n}) do
      :ok = Account.call(from, {:commit_debit, tx})
      Account.call(to, {:credit, tx, n})
    end
  end
end

{:ok, ledger} = Agent.start_link(fn -> [] end)
{:ok, sup} = DynamicSupervisor.start_link(strategy: :one_for_one, max_restarts: 100)
ids = [:a, :b, :c, :d]
for id <- ids, do: {:ok, _} = DynamicSupervisor.start_child(sup, {Account, {id, ledger}})
for {id, i} <- Enum.with_index(ids), do: Account.call(id, {:credit, {:open, i}, 1000})
results = 1..100 |> Task.async_stream(fn i -> Transfer.run(i, Enum.at(ids, rem(i, 4)), Enum.at(ids, rem(i * 3 + 1, 4)), 10 + rem(i, 50)) end, ordered: true) |> Enum.frequencies_by(&elem(&1, 1))
IO.inspect(results)
IO.inspect(Transfer.run(:x1, :a, :zzz, 5))
IO.inspect(Transfer.run(:x2, :a, :b, 1_000_000))
before = Map.new(ids, &{&1, Account.call(&1, :balance)})
pid = :global.whereis_name({:account, :b})
catch_exit = try do Account.call(:b, :crash) catch :exit, {{%{message: m}, _}, _} -> m end
IO.inspect(catch_exit)
wait = fn f -> case :global.whereis_name({:account, :b}) do p when is_pid(p) and p != pid -> :ok; _ -> Process.sleep(1); f.(f) end end
wait.(wait)
IO.inspect(Map.new(ids, &{&1, Account.call(&1, :balance)}) == before)
IO.inspect(before |> Map.values() |> Enum.sum())
IO.inspect(Agent.get(ledger, &length/1))
