defmodule Room do
  @moduledoc """
  Passes on what is said to everybody in the room.

  The room monitors its guests: when a guest's process ends, for whatever reason, the room gets a `:DOWN` message.
  """
  use GenServer

  def start_link(_options), do: GenServer.start_link(__MODULE__, :ok, name: __MODULE__)

  def join(name), do: GenServer.call(__MODULE__, {:join, name})

  def say(text), do: GenServer.cast(__MODULE__, {:say, self(), text})

  def guests, do: GenServer.call(__MODULE__, :guests)

  @impl true
  def init(:ok), do: {:ok, %{}}

  @impl true
  def handle_call({:join, name}, {pid, _tag}, guests) do
    Process.monitor(pid)
    tell(guests, "#{name} comes in")
    {:reply, :ok, Map.put(guests, pid, name)}
  end

  def handle_call(:guests, _from, guests), do: {:reply, guests |> Map.values() |> Enum.sort(), guests}

  @impl true
  def handle_cast({:say, pid, text}, guests) do
    case guests do
      %{^pid => name} -> tell(Map.delete(guests, pid), "#{name}: #{text}")
      _stranger -> :ok
    end

    {:noreply, guests}
  end

  @impl true
  def handle_info({:DOWN, _monitor, :process, pid, _reason}, guests) do
    {name, guests} = Map.pop(guests, pid)
    tell(guests, "#{name} has left")
    {:noreply, guests}
  end

  defp tell(guests, line), do: Enum.each(guests, fn {pid, _name} -> send(pid, {:room, line}) end)
end
