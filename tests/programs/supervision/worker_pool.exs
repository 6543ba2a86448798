# A pool of workers with a queue, a worker that crashes on a poisoned job and is replaced.
Logger.configure(level: :none)

defmodule Pool do
  use GenServer
  def start_link(n), do: GenServer.start_link(__MODULE__, n, name: __MODULE__)
  def run(job), do: GenServer.call(__MODULE__, {:run, job})
  def stats, do: GenServer.call(__MODULE__, :stats)

  def init(n) do
    {:ok, sup} = DynamicSupervisor.start_link(strategy: :one_for_one)
    state = %{sup: sup, idle: [], busy: %{}, queue: :queue.new(), done: 0, crashed: 0}
    {:ok, Enum.reduce(1..n, state, fn _, s -> add_worker(s) end)}
  end

  def handle_call(:stats, _, s), do: {:reply, Map.take(s, [:done, :crashed]) |> Map.put(:idle, length(s.idle)), s}
  def handle_call({:run, job}, from, s), do: {:noreply, dispatch(update_in(s.queue, &:queue.in({job, from}, &1)))}

  def handle_info({:finished, pid, result}, s) do
    {{from, ref}, busy} = Map.pop(s.busy, pid)
    Process.demonitor(ref, [:flush])
    GenServer.reply(from, {:ok, result})
    {:noreply, dispatch(%{s | busy: busy, idle: [pid | s.idle], done: s.done + 1})}
  end

  def handle_info({:DOWN, _, :process, pid, _}, s) do
    {{from, _}, busy} = Map.pop(s.busy, pid)
    GenServer.reply(from, {:error, :crashed})
    {:noreply, dispatch(add_worker(%{s | busy: busy, crashed: s.crashed + 1}))}
  end

  defp dispatch(%{idle: [pid | idle]} = s) do
    case :queue.out(s.queue) do
      {:empty, _} -> s
      {{:value, {job, from}}, q} ->
        ref = Process.monitor(pid)
        send(pid, {:job, self(), job})
        dispatch(%{s | idle: idle, queue: q, busy: Map.put(s.busy, pid, {from, ref})})
    end
  end
  defp dispatch(s), do: s

  defp add_worker(s) do
    {:ok, pid} = DynamicSupervisor.start_child(s.sup, %{id: :w, start: {Task, :start_link, [&work/0]}, restart: :temporary})
    %{s | idle: [pid | s.idle]}
  end

  defp work do
    receive do
      {:job, pool, job} ->
        send(pool, {:finished, self(), job.()})
        work()
    end
  end
end

{:ok, _} = Pool.start_link(3)
results = 1..12 |> Enum.map(fn i -> Task.async(fn -> Pool.run(fn -> if rem(i, 5) == 0, do: exit(:poison), else: i * i end) end) end) |> Task.await_many()
IO.inspect(results)
IO.inspect(Pool.stats() |> Enum.sort())
