defmodule Planet do
  use GenServer

  def start_link(name), do: GenServer.start_link(__MODULE__, name)

  @impl true
  def init(name), do: {:ok, %{name: name, turns: 0}}

  @impl true
  def handle_call(:turn, _from, state) do
    state = update_in(state.turns, &(&1 + 1))
    {:reply, state.turns, state}
  end
end
