# A program with compiler warnings: they go to stderr, the program runs on.
defmodule Warned do
  @moduledoc false
  def run(list) do
    unused = 1
    Enum.map(list, fn x -> x * 2 end)
  end

  defp never_called(a), do: a

  def old, do: Enum.uniq([1, 1], &(&1))
  def missing, do: NotThere.call(1)
end

IO.inspect(Warned.run([1, 2, 3]))
