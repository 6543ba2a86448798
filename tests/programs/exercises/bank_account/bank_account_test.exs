ExUnit.start(seed: 0, max_cases: 1)
defmodule BankAccountTest do
  use ExUnit.Case
  setup do
    account = BankAccount.open()
    [account: account]
  end
  test "initial balance is 0", %{account: account}, do: assert(BankAccount.balance(account) == 0)
  test "deposit and withdraw", %{account: account} do
    assert :ok = BankAccount.deposit(account, 100)
    assert :ok = BankAccount.withdraw(account, 40)
    assert {:error, :not_enough_balance} = BankAccount.withdraw(account, 61)
    assert {:error, :amount_must_be_positive} = BankAccount.withdraw(account, -5)
    assert BankAccount.balance(account) == 60
  end
  test "closed account", %{account: account} do
    BankAccount.close(account)
    for f <- [&BankAccount.balance/1, &BankAccount.deposit(&1, 1), &BankAccount.withdraw(&1, 1)], do: assert f.(account) == {:error, :account_closed}
  end
  test "concurrent", %{account: account} do
    1..1000 |> Task.async_stream(fn _ -> BankAccount.deposit(account, 1); BankAccount.withdraw(account, 1) end, max_concurrency: 50) |> Stream.run()
    assert BankAccount.balance(account) == 0
  end
end
