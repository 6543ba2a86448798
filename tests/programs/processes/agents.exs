# `Agent`: state, get_and_update, cast, names, failures inside and outside, a memoised fibonacci.
{:ok, a} = Agent.start_link(fn -> %{} end)
Agent.update(a, &Map.put(&1, :x, 1))
IO.inspect(Agent.get(a, & &1))
IO.inspect(Agent.get_and_update(a, fn m -> {m.x, Map.update!(m, :x, &(&1 + 1))} end))
Agent.cast(a, &Map.put(&1, :y, 2))
IO.inspect(Agent.get(a, &Map.to_list/1) |> Enum.sort())
IO.inspect(Agent.stop(a))
IO.inspect(Process.alive?(a))

defmodule Memo do
  use Agent
  def start_link(init), do: Agent.start_link(fn -> init end, name: __MODULE__)

  def fib(n) do
    case Agent.get(__MODULE__, &Map.get(&1, n)) do
      nil ->
        v = fib(n - 1) + fib(n - 2)
        Agent.update(__MODULE__, &Map.put(&1, n, v))
        v

      v -> v
    end
  end
end

{:ok, _} = Memo.start_link(%{0 => 0, 1 => 1})
IO.inspect(Memo.fib(90))
IO.inspect(Agent.get(Memo, &map_size/1))
IO.inspect(Memo.start_link(%{}) |> elem(0))
IO.inspect(Memo.child_spec(%{}))
Process.flag(:trap_exit, true)
Logger.configure(level: :none)
{:ok, b} = Agent.start_link(fn -> 0 end)

try do
  Agent.get(b, fn _ -> raise "in agent" end)
catch
  :exit, {{e, _}, {GenServer, :call, _}} -> IO.inspect(e)
end

try do
  Agent.get(b, & &1)
catch
  :exit, {reason, {GenServer, :call, [_, _, 5000]}} -> IO.inspect(reason)
end

IO.inspect(Agent.start(fn -> raise "at start" end) |> elem(0))
{:ok, c} = Agent.start(String, :length, ["four"])
IO.inspect(Agent.get(c, Kernel, :+, [10]))
workers = for _ <- 1..20, do: Task.async(fn -> for _ <- 1..50, do: Agent.update(c, &(&1 + 1)) end)
Task.await_many(workers)
IO.inspect(Agent.get(c, & &1))
