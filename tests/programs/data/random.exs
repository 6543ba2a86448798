# Seeded randomness: `:rand` algorithms, `Enum.random`, `Enum.shuffle`, all the same on every run.
:rand.seed(:exsss, {1, 2, 3})
IO.inspect(for _ <- 1..5, do: :rand.uniform(100))
IO.inspect(:rand.uniform())
IO.inspect(Enum.shuffle(1..10))
IO.inspect(Enum.random(~w(a b c d e)))
IO.inspect(Enum.take_random(1..50, 5))
IO.inspect(:rand.normal())

for alg <- [:exro928ss, :exrop, :exsp, :exs1024s, :mwc59] do
  if alg != :mwc59 do
    s = :rand.seed_s(alg, 42)
    {a, s} = :rand.uniform_s(1_000_000, s)
    {b, s} = :rand.uniform_s(s)
    s = :rand.jump(s)
    {c, _} = :rand.uniform_s(1000, s)
    IO.inspect({alg, a, b, c})
  end
end

IO.inspect(:rand.bytes(6))
IO.inspect(:rand.mwc59_seed(7) |> :rand.mwc59() |> :rand.mwc59_value32())
IO.inspect(:erlang.phash2({:some, "term", [1, 2.5]}, 1_000_000))
IO.inspect(Enum.map([1, "a", :b, %{c: 1}, [1 | 2], 2 ** 70, 1.5], &:erlang.phash2/1))
dice = fn -> Enum.reduce(1..3, 0, fn _, acc -> acc + :rand.uniform(6) end) end
IO.inspect(Enum.frequencies(for _ <- 1..500, do: dice.()))
