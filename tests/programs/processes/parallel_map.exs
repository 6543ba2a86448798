# A parallel map by hand with monitors, order kept, failures turned into values; parallel merge sort; many processes.
defmodule Parallel do
  def map(list, fun) do
    list
    |> Enum.map(fn x -> {parent, ref} = {self(), make_ref()}; {pid, mon} = spawn_monitor(fn -> send(parent, {ref, fun.(x)}) end); {pid, mon, ref} end)
    |> Enum.map(fn {_, mon, ref} ->
      receive do
        {^ref, v} -> Process.demonitor(mon, [:flush]); {:ok, v}
        {:DOWN, ^mon, _, _, {%{message: m}, _}} -> {:error, m}
        {:DOWN, ^mon, _, _, r} -> {:error, r}
      end
    end)
  end

  def sort(list) when length(list) < 50, do: Enum.sort(list)
  def sort(list) do
    {a, b} = Enum.split(list, div(length(list), 2))
    [a, b] |> Enum.map(&Task.async(fn -> sort(&1) end)) |> Task.await_many() |> then(fn [a, b] -> :lists.merge(a, b) end)
  end
end

Logger.configure(level: :none)
IO.inspect(Parallel.map(1..6, fn 3 -> raise "three"; 5 -> exit(:five); n -> n * n end))
list = for i <- 1..600, do: rem(i * 7919, 1009)
IO.inspect(Parallel.sort(list) == Enum.sort(list))
IO.inspect(Parallel.map(1..500, & &1) |> Enum.map(&elem(&1, 1)) |> Enum.sum())
