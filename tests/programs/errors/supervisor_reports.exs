# A child crashes under its supervisor: it is reported, and the program goes on.
defmodule Flaky do
  use GenServer
  def start_link(_), do: GenServer.start_link(__MODULE__, [], name: __MODULE__)
  def init(_), do: {:ok, 0}
  def handle_cast(:crash, _), do: raise("flaky")
  def handle_call(:ping, _, s), do: {:reply, :pong, s}
end

{:ok, _} = Supervisor.start_link([Flaky], strategy: :one_for_one)
old = Process.whereis(Flaky)
ref = Process.monitor(old)
GenServer.cast(Flaky, :crash)
message = receive do {:DOWN, ^ref, _, _, {%RuntimeError{message: m}, _}} -> m end
wait = fn f -> case Process.whereis(Flaky) do nil -> Process.sleep(1); f.(f); p -> p end end
wait.(wait)
# The report comes by way of other processes: what is printed here follows when it is out.
Process.sleep(400)
IO.puts("down: #{message}")
IO.puts(wait.(wait) != old)
IO.inspect(GenServer.call(Flaky, :ping))
