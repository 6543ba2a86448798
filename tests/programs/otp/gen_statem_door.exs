# `:gen_statem` with handle_event_function: a door with a code lock, postponed events and timeouts.
defmodule Door do
  @behaviour :gen_statem
  def start_link(code), do: :gen_statem.start_link({:local, :door}, __MODULE__, code, [])
  def button(d), do: :gen_statem.cast(:door, {:button, d})
  def ask, do: :gen_statem.call(:door, :state)

  def callback_mode, do: :handle_event_function
  def init(code), do: {:ok, :locked, %{code: code, left: code, tries: 0}}

  def handle_event({:call, from}, :state, state, data), do: {:keep_state_and_data, [{:reply, from, {state, data.left}}]}
  def handle_event({:call, from}, :wait_open, :open, _), do: {:keep_state_and_data, [{:reply, from, :is_open}]}
  def handle_event({:call, _}, :wait_open, _, _), do: {:keep_state_and_data, [:postpone]}
  def handle_event(:cast, {:button, d}, :locked, %{left: [d]} = data), do: {:next_state, :open, %{data | left: data.code}, [{:state_timeout, 30, :lock}, {:next_event, :internal, :opened}]}
  def handle_event(:cast, {:button, d}, :locked, %{left: [d | rest]} = data), do: {:keep_state, %{data | left: rest}, [{:timeout, 25, :forget}]}
  def handle_event(:cast, {:button, _}, :locked, data), do: {:keep_state, %{data | left: data.code, tries: data.tries + 1}}
  def handle_event(:cast, {:button, _}, :open, _), do: :keep_state_and_data
  def handle_event(:timeout, :forget, :locked, data), do: (IO.puts("forgotten"); {:keep_state, %{data | left: data.code}})
  def handle_event(:state_timeout, :lock, :open, data), do: (IO.puts("locked again"); {:next_state, :locked, data})
  def handle_event(:internal, :opened, :open, data), do: (IO.puts("opened after #{data.tries} wrong"); :keep_state_and_data)
  def handle_event(:info, msg, state, _), do: (IO.puts("info #{inspect(msg)} while #{state}"); :keep_state_and_data)

  def terminate(reason, state, _), do: IO.puts("terminate #{inspect(reason)} #{state}")
end

{:ok, pid} = Door.start_link([1, 2, 3])
waiting = Task.async(fn -> :gen_statem.call(:door, :wait_open) end)
Enum.each([1, 2], &Door.button/1)
IO.inspect(Door.ask())
Process.sleep(80)
IO.inspect(Door.ask())
Enum.each([1, 9, 1, 2, 3], &Door.button/1)
IO.inspect(Task.await(waiting))
send(pid, :hello)
IO.inspect(Door.ask())
Process.sleep(90)
IO.inspect(Door.ask())
IO.inspect(:gen_statem.stop(:door))
