defmodule BankAccount do
  @opaque account :: pid
  @spec open() :: account
  def open do
    {:ok, a} = Agent.start(fn -> 0 end)
    a
  end
  def close(a), do: Agent.stop(a)
  def balance(a), do: with_open(a, fn -> Agent.get(a, & &1) end)
  def deposit(_, n) when n <= 0, do: {:error, :amount_must_be_positive}
  def deposit(a, n), do: with_open(a, fn -> Agent.update(a, &(&1 + n)) end)
  def withdraw(_, n) when n <= 0, do: {:error, :amount_must_be_positive}
  def withdraw(a, n) do
    with_open(a, fn ->
      Agent.get_and_update(a, fn
        b when b >= n -> {:ok, b - n}
        b -> {{:error, :not_enough_balance}, b}
      end)
    end)
  end
  defp with_open(a, f), do: if(Process.alive?(a), do: f.(), else: {:error, :account_closed})
end
