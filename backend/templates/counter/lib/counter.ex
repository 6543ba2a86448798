defmodule Counter do
  @moduledoc """
  A process that keeps a number.

  `value/1` is a call: it sends a message and waits for the answer. `increment/2` is a cast: it sends a message and goes
  on at once. Both end up in the same mailbox, one after another.
  """
  use GenServer

  def start_link(options \\ []) do
    {first, options} = Keyword.pop(options, :first, 0)
    GenServer.start_link(__MODULE__, first, options)
  end

  def increment(counter, by \\ 1), do: GenServer.cast(counter, {:increment, by})

  def value(counter), do: GenServer.call(counter, :value)

  @impl true
  def init(first), do: {:ok, first}

  @impl true
  def handle_cast({:increment, by}, number), do: {:noreply, number + by}

  @impl true
  def handle_call(:value, _from, number), do: {:reply, number, number}
end
