defmodule Bank do
  @moduledoc "Moves money from one account to another."

  def transfer(from, to, amount) do
    balance = Account.balance(from)

    if balance >= amount do
      Account.set(from, balance - amount)
      Account.set(to, Account.balance(to) + amount)
      :ok
    else
      :too_little
    end
  end
end
