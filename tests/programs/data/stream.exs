# Lazy streams: unfold, iterate, resource, transform, cycle, zip, chunk, with order of effects shown.
fib = Stream.unfold({0, 1}, fn {a, b} -> {a, {b, a + b}} end)
IO.inspect(Enum.take(fib, 15))
IO.inspect(fib |> Stream.filter(&(rem(&1, 2) == 0)) |> Stream.drop_while(&(&1 < 100)) |> Enum.at(2))

1..3
|> Stream.map(fn x -> IO.puts("map #{x}"); x * 2 end)
|> Stream.each(&IO.puts("each #{&1}"))
|> Stream.take(2)
|> Enum.to_list()
|> IO.inspect()

resource =
  Stream.resource(
    fn -> IO.puts("open"); 3 end,
    fn 0 -> {:halt, 0}; n -> {[n, n], n - 1} end,
    fn _ -> IO.puts("close") end
  )

IO.inspect(Enum.to_list(resource))
IO.inspect(Enum.take(resource, 1))

primes = Stream.iterate(2, &(&1 + 1)) |> Stream.filter(fn n -> Enum.all?(2..max(2, trunc(:math.sqrt(n)))//1, &(n == &1 or rem(n, &1) != 0)) end)
IO.inspect(Enum.take(primes, 12))
IO.inspect(Stream.cycle([:r, :g]) |> Stream.with_index() |> Enum.take(3))
IO.inspect(Stream.zip([1..3, Stream.repeatedly(fn -> :x end)]) |> Enum.to_list())
IO.inspect(Stream.transform(1..10, 0, fn x, acc -> if acc > 15, do: {:halt, acc}, else: {[{x, acc}], acc + x} end) |> Enum.to_list())
IO.inspect(1..10 |> Stream.chunk_every(3) |> Stream.map(&Enum.sum/1) |> Enum.to_list())
IO.inspect(Stream.dedup([1, 1, 2, 1]) |> Enum.to_list())
IO.inspect(Stream.scan(1..5, &+/2) |> Enum.to_list())
IO.inspect(Stream.concat(1..2, [3]) |> Stream.intersperse(:-) |> Enum.to_list())
IO.inspect(["a\nb", "c\n"] |> Stream.flat_map(&String.split(&1, "\n", trim: true)) |> Enum.to_list())
IO.inspect(Stream.take_every(1..9, 4) |> Enum.to_list())
IO.inspect(Stream.map(1..3, & &1) |> is_struct(Stream))
Stream.run(Stream.each(1..2, &IO.write("#{&1} ")))
IO.puts("")
{:suspended, x, continue} = Enumerable.reduce(1..3, {:suspend, 0}, fn x, acc -> {:suspend, acc + x} end)
IO.inspect(x)
{:suspended, y, _} = continue.({:cont, x})
IO.inspect(y)

try do
  Stream.map(resource, fn _ -> raise "in the middle" end) |> Enum.to_list()
rescue
  e -> IO.puts(Exception.message(e))
end
