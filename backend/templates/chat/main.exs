{:ok, _room} = Room.start_link([])

guests =
  for {name, words, lines} <- [{"Ada", "Is anybody here?", 9}, {"Joe", "Hello, Mike", 2}, {"Mike", "Hello, Joe", 4}] do
    Guest.start(name, words, lines)
  end

for {pid, monitor} <- guests do
  receive do
    {:DOWN, ^monitor, :process, ^pid, _reason} -> :ok
  end
end

IO.puts("In the room are now: #{inspect(Room.guests())}")
