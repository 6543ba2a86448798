defmodule Cache do
  @moduledoc """
  Remembers values for a while.

  Everybody reads the table directly, without asking a process. Only the owner writes, so that a value is computed once,
  however many ask for it at the same time.
  """
  use GenServer

  @table __MODULE__

  def start_link(options), do: GenServer.start_link(__MODULE__, options, name: __MODULE__)

  def fetch(key, compute) do
    now = System.monotonic_time(:millisecond)

    case :ets.lookup(@table, key) do
      [{^key, value, until}] when until > now -> {:hit, value}
      _missing_or_old -> {:miss, GenServer.call(__MODULE__, {:compute, key, compute})}
    end
  end

  def size, do: :ets.info(@table, :size)

  @impl true
  def init(options) do
    :ets.new(@table, [:set, :named_table, :protected, read_concurrency: true])
    state = %{ttl: Keyword.fetch!(options, :ttl), sweep: Keyword.get(options, :sweep, 100)}
    Process.send_after(self(), :sweep, state.sweep)
    {:ok, state}
  end

  @impl true
  def handle_call({:compute, key, compute}, _from, state) do
    now = System.monotonic_time(:millisecond)

    value =
      case :ets.lookup(@table, key) do
        # Somebody else asked first.
        [{^key, value, until}] when until > now ->
          value

        _missing_or_old ->
          value = compute.()
          :ets.insert(@table, {key, value, now + state.ttl})
          value
      end

    {:reply, value, state}
  end

  @impl true
  def handle_info(:sweep, state) do
    now = System.monotonic_time(:millisecond)
    :ets.select_delete(@table, [{{:_, :_, :"$1"}, [{:"=<", :"$1", now}], [true]}])
    Process.send_after(self(), :sweep, state.sweep)
    {:noreply, state}
  end
end
