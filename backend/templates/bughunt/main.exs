accounts = for _ <- 1..4, do: elem(Account.start_link(1_000), 1)
sum = fn -> accounts |> Enum.map(&Account.balance/1) |> Enum.sum() end

before = sum.()

for n <- 1..100 do
  Task.async(fn ->
    from = Enum.at(accounts, rem(n, 4))
    to = Enum.at(accounts, rem(n * 3 + 1, 4))
    if from != to, do: Bank.transfer(from, to, rem(n * 7, 50))
  end)
end
|> Task.await_many()

IO.puts("before: #{before}, afterwards: #{sum.()}")
if sum.() == before, do: IO.puts("The books are right, this time."), else: IO.puts("Where did the money go?")
