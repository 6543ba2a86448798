# One_for_one, one_for_all and rest_for_one: who is restarted when the middle child dies.
Logger.configure(level: :none)

defmodule Child do
  use GenServer
  def start_link({name, parent}), do: GenServer.start_link(__MODULE__, {name, parent}, name: name)
  def init({name, parent}) do
    send(parent, {:started, name})
    {:ok, name}
  end
end

defmodule Demo do
  def collect(n), do: for(_ <- 1..n, do: receive(do: ({:started, name} -> name)))

  def run(strategy) do
    children = for n <- [:a, :b, :c], do: %{id: n, start: {Child, :start_link, [{n, self()}]}}
    {:ok, sup} = Supervisor.start_link(children, strategy: strategy)
    IO.inspect({strategy, collect(3)})
    before = Map.new([:a, :b, :c], &{&1, Process.whereis(&1)})
    Process.exit(before[:b], :boom)
    restarted = collect(%{one_for_one: 1, one_for_all: 3, rest_for_one: 2}[strategy])
    IO.inspect(restarted)
    IO.inspect(for n <- [:a, :b, :c], do: {n, Process.whereis(n) == before[n]})
    IO.inspect(Supervisor.count_children(sup))
    Supervisor.stop(sup)
    IO.inspect(Process.whereis(:a))
  end
end

Enum.each([:one_for_one, :one_for_all, :rest_for_one], &Demo.run/1)
