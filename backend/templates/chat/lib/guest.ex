defmodule Guest do
  @moduledoc "Comes, says something, listens to so many lines, and goes."

  def start(name, words, lines) do
    spawn_monitor(fn ->
      :ok = Room.join(name)
      Room.say(words)
      listen(name, lines)
    end)
  end

  defp listen(_name, 0), do: :ok

  defp listen(name, lines) do
    receive do
      {:room, line} ->
        IO.puts("[#{name}] #{line}")
        listen(name, lines - 1)
    after
      500 -> :ok
    end
  end
end
