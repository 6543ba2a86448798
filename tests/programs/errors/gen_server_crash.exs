# A GenServer crashes: its report goes to stderr, the caller's exit ends the program.
defmodule Crasher do
  use GenServer
  def init(s), do: {:ok, s}
  def handle_call({:div, a, b}, _from, s), do: {:reply, div(a, b), s}
end

{:ok, pid} = GenServer.start(Crasher, %{secret: 1})
IO.inspect(GenServer.call(pid, {:div, 6, 3}))
IO.inspect(GenServer.call(pid, {:div, 1, 0}))
