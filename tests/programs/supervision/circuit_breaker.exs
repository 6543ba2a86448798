# A circuit breaker as a state machine over a flaky service: closed, open, half open.
defmodule Breaker do
  @behaviour :gen_statem
  def start_link(opts), do: :gen_statem.start_link(__MODULE__, opts, [])
  def call(pid, fun), do: :gen_statem.call(pid, {:call, fun})
  def state(pid), do: :sys.get_state(pid) |> elem(0)

  def callback_mode, do: [:state_functions, :state_enter]
  def init(opts), do: {:ok, :closed, %{failures: 0, limit: opts[:limit], cool: opts[:cool]}}

  def closed(:enter, old, data), do: (IO.puts("#{old} -> closed"); {:keep_state, %{data | failures: 0}})
  def closed({:call, from}, {:call, fun}, data) do
    case attempt(fun) do
      {:ok, _} = ok -> {:keep_state, %{data | failures: 0}, {:reply, from, ok}}
      err when data.failures + 1 >= data.limit -> {:next_state, :open, data, {:reply, from, err}}
      err -> {:keep_state, %{data | failures: data.failures + 1}, {:reply, from, err}}
    end
  end

  def open(:enter, old, data), do: (IO.puts("#{old} -> open"); {:keep_state_and_data, {:state_timeout, data.cool, :try_again}})
  def open(:state_timeout, :try_again, data), do: {:next_state, :half_open, data}
  def open({:call, from}, _, _), do: {:keep_state_and_data, {:reply, from, {:error, :open}}}

  def half_open(:enter, old, _), do: (IO.puts("#{old} -> half open"); :keep_state_and_data)
  def half_open({:call, from}, {:call, fun}, data) do
    case attempt(fun) do
      {:ok, _} = ok -> {:next_state, :closed, data, {:reply, from, ok}}
      err -> {:next_state, :open, data, {:reply, from, err}}
    end
  end

  defp attempt(fun) do
    {:ok, fun.()}
  rescue
    e -> {:error, Exception.message(e)}
  end
end

{:ok, b} = Breaker.start_link(limit: 2, cool: 150)
good = fn -> :fine end
bad = fn -> raise "down" end
IO.inspect(Enum.map([good, bad, good, bad, bad, good], &Breaker.call(b, &1)))
IO.inspect(Breaker.state(b))
Process.sleep(350)
IO.inspect(Breaker.state(b))
IO.inspect(Breaker.call(b, bad))
Process.sleep(350)
IO.inspect(Breaker.call(b, good))
IO.inspect(Breaker.state(b))
