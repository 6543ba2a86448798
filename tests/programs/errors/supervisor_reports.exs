# A child crashes under its supervisor: reports on stderr, the program goes on.
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
receive do {:DOWN, ^ref, _, _, {%RuntimeError{message: m}, _}} -> IO.puts("down: #{m}") end
wait = fn f -> case Process.whereis(Flaky) do nil -> Process.sleep(1); f.(f); p -> p end end
IO.puts(wait.(wait) != old)
IO.inspect(GenServer.call(Flaky, :ping))
