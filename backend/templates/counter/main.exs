{:ok, counter} = Counter.start_link(first: 10)

# Ten processes count at once. None of their steps is lost, because one process does all the counting.
1..10
|> Enum.map(fn n -> Task.async(fn -> Counter.increment(counter, n) end) end)
|> Task.await_many()

IO.puts("The counter shows #{Counter.value(counter)}")
