# A tree three levels deep: an error climbs until a supervisor can bear it; order of start and stop is shown.
Logger.configure(level: :none)

defmodule Leaf do
  use GenServer
  def start_link({name, log}), do: GenServer.start_link(__MODULE__, {name, log}, name: name)
  def init({name, log}) do
    Process.flag(:trap_exit, true)
    Agent.update(log, &["start #{name}" | &1])
    {:ok, {name, log}}
  end
  def handle_cast(:crash, s), do: {:stop, :crash, s}
  def terminate(reason, {name, log}), do: Agent.update(log, &["stop #{name} #{inspect(reason)}" | &1])
end

{:ok, log} = Agent.start(fn -> [] end)
take = fn -> Agent.get_and_update(log, &{Enum.reverse(&1), []}) end
leaf = fn n -> %{id: n, start: {Leaf, :start_link, [{n, log}]}} end
inner = fn id, leaves, opts -> %{id: id, type: :supervisor, start: {Supervisor, :start_link, [Enum.map(leaves, leaf), opts]}} end

{:ok, top} =
  Supervisor.start_link(
    [inner.(:db, [:conn, :cache], strategy: :one_for_all), leaf.(:metrics), inner.(:web, [:listener, :handler], strategy: :rest_for_one, max_restarts: 1)],
    strategy: :rest_for_one
  )

IO.inspect(take.())

settle = fn f, n -> if Agent.get(log, &length/1) >= n, do: take.(), else: (Process.sleep(2); f.(f, n)) end
GenServer.cast(:cache, :crash)
IO.inspect(settle.(settle, 4))
GenServer.cast(:handler, :crash)
IO.inspect(settle.(settle, 2))
GenServer.cast(:handler, :crash)
IO.inspect(settle.(settle, 4))
GenServer.cast(:metrics, :crash)
IO.inspect(settle.(settle, 6))
Supervisor.stop(top)
IO.inspect(take.())
