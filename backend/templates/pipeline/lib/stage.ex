defmodule Stage do
  @moduledoc """
  A step of a pipeline. It asks the stage before it for one item at a time, so nothing piles up: this is back-pressure.
  """

  def start_link(before, work), do: Task.start_link(fn -> loop(before, work) end)

  @doc "The first stage: gives out the items of a list, then the end."
  def source(items) do
    Task.start_link(fn ->
      Enum.each(items, fn item -> give({:item, item}) end)
      forever_at_the_end()
    end)
  end

  @doc "Asks a stage for its next item."
  def next(stage) do
    reference = make_ref()
    send(stage, {:next, self(), reference})

    receive do
      {^reference, answer} -> answer
    end
  end

  @doc "All that comes out of a stage."
  def collect(stage) do
    case next(stage) do
      {:item, item} -> [item | collect(stage)]
      :end -> []
    end
  end

  defp loop(before, work) do
    case next(before) do
      {:item, item} ->
        give({:item, work.(item)})
        loop(before, work)

      :end ->
        forever_at_the_end()
    end
  end

  defp give(answer) do
    receive do
      {:next, from, reference} -> send(from, {reference, answer})
    end
  end

  defp forever_at_the_end do
    give(:end)
    forever_at_the_end()
  end
end
