# Permanent, transient and temporary children with each kind of end; restart intensity; the supervisor's own end.
Logger.configure(level: :none)
Process.flag(:trap_exit, true)

defmodule Job do
  use GenServer
  def start_link({name, parent}), do: GenServer.start_link(__MODULE__, {name, parent}, name: name)
  def init({n, parent}), do: (send(parent, {:started, n}); {:ok, n})
  def handle_cast({:stop, reason}, s), do: {:stop, reason, s}
end

for restart <- [:permanent, :transient, :temporary], reason <- [:normal, :shutdown, {:shutdown, :x}, :error] do
  {:ok, sup} = Supervisor.start_link([%{id: :j, start: {Job, :start_link, [{:job, self()}]}, restart: restart}], strategy: :one_for_one)
  receive do {:started, :job} -> :ok end
  ref = Process.monitor(:job)
  GenServer.cast(:job, {:stop, reason})
  receive do {:DOWN, ^ref, _, _, _} -> :ok end
  again = receive do {:started, :job} -> :restarted after 30 -> :left end
  IO.inspect({restart, reason, again, Supervisor.count_children(sup).active, length(Supervisor.which_children(sup))})
  Supervisor.stop(sup)
  receive do {:EXIT, ^sup, r} -> :normal = r end
end

{:ok, sup} = Supervisor.start_link([%{id: :j, start: {Job, :start_link, [{:job, self()}]}}], strategy: :one_for_one, max_restarts: 2, max_seconds: 5)

for i <- 1..3 do
  receive do {:started, :job} -> :ok end
  ref = Process.monitor(:job)
  GenServer.cast(:job, {:stop, {:crash, i}})
  receive do {:DOWN, ^ref, _, _, _} -> :ok end
end

receive do {:EXIT, ^sup, r} -> IO.inspect({:supervisor_gave_up, r}) end

IO.inspect(Supervisor.start_link([%{id: :bad, start: {Kernel, :exit, [:cannot]}}], strategy: :one_for_one) |> elem(0))
IO.inspect(receive do {:EXIT, _, r} -> elem(r, 0) after 0 -> :no_exit_message end)
IO.inspect(Supervisor.start_link([%{id: 1, start: {Agent, :start_link, [fn -> 1 end]}}, %{id: 1, start: {Agent, :start_link, [fn -> 1 end]}}], strategy: :one_for_one))
