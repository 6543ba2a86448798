defmodule Philosopher do
  @moduledoc """
  Thinks, takes two forks, eats.

  With `:polite` everybody takes the left fork first. Then all five may hold one, and wait for the other for ever. With
  `:ordered` everybody takes the lower-numbered fork first, and a circle of waiting cannot close.
  """

  @patience 500

  def dine(name, {left, right}, meals, manner) do
    forks = if manner == :ordered, do: Enum.sort([left, right]), else: [left, right]
    eat(name, Enum.map(forks, &elem(&1, 1)), meals)
  end

  defp eat(name, _forks, 0), do: {name, :full}

  defp eat(name, [first, second] = forks, meals) do
    Fork.take(first, @patience)
    # Time for the neighbour to take the other one.
    Process.sleep(5)
    Fork.take(second, @patience)
    Fork.put(second)
    Fork.put(first)
    eat(name, forks, meals - 1)
  catch
    :exit, {:timeout, _call} -> {name, :starved}
  end
end
