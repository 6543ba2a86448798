names = ~w(Plato Hypatia Laozi Kant Arendt)

dinner = fn manner ->
  forks = for number <- 0..4, do: {number, elem(Fork.start_link(), 1)}
  pairs = Enum.zip(forks, tl(forks) ++ [hd(forks)])

  results =
    Enum.zip(names, pairs)
    |> Enum.map(fn {name, pair} -> Task.async(fn -> Philosopher.dine(name, pair, 3, manner) end) end)
    |> Task.await_many()

  IO.puts("#{manner}:")
  Enum.each(results, fn {name, how} -> IO.puts("  #{name} is #{how}") end)
end

dinner.(:ordered)
dinner.(:polite)
