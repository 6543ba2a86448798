# A lift as a state machine driven by ticks, calls from floors, and a log of what it does.
defmodule Lift do
  @behaviour :gen_statem
  def start_link(floors), do: :gen_statem.start_link(__MODULE__, floors, [])
  def press(l, floor), do: :gen_statem.call(l, {:press, floor})
  def tick(l), do: :gen_statem.call(l, :tick)
  def callback_mode, do: :state_functions
  def init(floors), do: {:ok, :idle, %{floors: floors, at: 0, calls: MapSet.new(), dir: :up}}

  def idle({:call, f}, {:press, n}, d), do: press(f, n, d, :moving)
  def idle({:call, f}, :tick, d), do: {:keep_state_and_data, {:reply, f, {:idle, d.at}}}
  def moving({:call, f}, {:press, n}, d), do: press(f, n, d, :moving)
  def moving({:call, f}, :tick, d) do
    cond do
      d.at in d.calls -> {:next_state, :open, %{d | calls: MapSet.delete(d.calls, d.at)}, {:reply, f, {:opens, d.at}}}
      true ->
        d = turn(d)
        d = %{d | at: d.at + if(d.dir == :up, do: 1, else: -1)}
        {:keep_state, d, {:reply, f, {d.dir, d.at}}}
    end
  end
  def open({:call, f}, {:press, n}, d), do: press(f, n, d, :open)
  def open({:call, f}, :tick, d), do: {:next_state, if(MapSet.size(d.calls) == 0, do: :idle, else: :moving), d, {:reply, f, {:closes, d.at}}}

  defp press(f, n, d, _) when n < 0 or n >= d.floors, do: {:keep_state, d, {:reply, f, {:error, :no_such_floor}}}
  defp press(f, n, d, next), do: {:next_state, next, %{d | calls: MapSet.put(d.calls, n)}, {:reply, f, :ok}}
  defp turn(%{dir: :up} = d), do: if(Enum.any?(d.calls, &(&1 > d.at)), do: d, else: %{d | dir: :down})
  defp turn(%{dir: :down} = d), do: if(Enum.any?(d.calls, &(&1 < d.at)), do: d, else: %{d | dir: :up})
end

{:ok, l} = Lift.start_link(6)
IO.inspect({Lift.tick(l), Lift.press(l, 9), Lift.press(l, 3)})
IO.inspect(Lift.tick(l))
IO.inspect([Lift.press(l, 1), Lift.press(l, 5)])
log = Stream.repeatedly(fn -> Lift.tick(l) end) |> Enum.reduce_while([], fn {:idle, _} = t, acc -> {:halt, [t | acc]}; t, acc -> {:cont, [t | acc]} end)
log |> Enum.reverse() |> Enum.each(&IO.inspect/1)
