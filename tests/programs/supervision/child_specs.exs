# Child specifications, start_child, terminate, restart and delete, significant children with auto_shutdown.
Logger.configure(level: :none)

defmodule W do
  use GenServer, restart: :transient, shutdown: 1000, id: :special
  def start_link(x), do: GenServer.start_link(__MODULE__, x)
  @impl true
  def init(x), do: {:ok, x}
  @impl true
  def handle_cast(:finish, s), do: {:stop, :normal, s}
end

IO.inspect(W.child_spec(5))
IO.inspect(Supervisor.child_spec({W, 1}, id: :other, restart: :temporary))
IO.inspect(Supervisor.child_spec({Agent, fn -> 0 end}, []) |> Map.delete(:start))
IO.inspect(Task.child_spec(fn -> 0 end) |> Map.delete(:start))
{:ok, sup} = Supervisor.start_link([], strategy: :one_for_one)
{:ok, pid} = Supervisor.start_child(sup, {W, 1})
IO.inspect(Supervisor.start_child(sup, {W, 2}) == {:error, {:already_started, pid}})
IO.inspect(Supervisor.start_child(sup, %{id: :no_start}))
IO.inspect(Supervisor.restart_child(sup, :special))
IO.inspect(Supervisor.terminate_child(sup, :special))
IO.inspect(Supervisor.which_children(sup))
IO.inspect(Supervisor.restart_child(sup, :special) |> elem(0))
IO.inspect(Supervisor.delete_child(sup, :special))
Supervisor.terminate_child(sup, :special)
IO.inspect(Supervisor.delete_child(sup, :special))
IO.inspect(Supervisor.delete_child(sup, :special))
IO.inspect(Supervisor.count_children(sup))
Process.flag(:trap_exit, true)
{:ok, auto} = Supervisor.start_link([Supervisor.child_spec({W, 1}, significant: true), {Agent, fn -> 0 end}], strategy: :one_for_one, auto_shutdown: :any_significant)
{:special, pid, _, _} = Enum.find(Supervisor.which_children(auto), &(elem(&1, 0) == :special))
GenServer.cast(pid, :finish)
receive do {:EXIT, ^auto, r} -> IO.inspect(r) end

defmodule Tree do
  use Supervisor
  def start_link(arg), do: Supervisor.start_link(__MODULE__, arg, name: __MODULE__)
  @impl true
  def init(n), do: Supervisor.init(for(i <- 1..n, do: Supervisor.child_spec({W, i}, id: i)), strategy: :one_for_all)
end

{:ok, _} = Tree.start_link(3)
IO.inspect(Supervisor.which_children(Tree) |> Enum.map(&elem(&1, 0)) |> Enum.sort())
IO.inspect(Tree.child_spec(1))
