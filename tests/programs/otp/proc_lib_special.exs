# A special process by hand: `:proc_lib.start_link`, init_ack, system messages, `:sys` on it.
defmodule Special do
  def start_link(x), do: :proc_lib.start_link(__MODULE__, :init, [self(), x])

  def init(parent, :fail), do: :proc_lib.init_fail({:error, {:refused, parent == :x}}, {:exit, :normal})
  def init(parent, x) do
    :proc_lib.init_ack(parent, {:ok, self()})
    loop(parent, :sys.debug_options([]), x)
  end

  def loop(parent, deb, x) do
    receive do
      {:system, from, request} -> :sys.handle_system_msg(request, from, parent, __MODULE__, deb, x)
      {:add, from, n} -> send(from, {:sum, x + n}); loop(parent, deb, x + n)
      {:EXIT, ^parent, r} -> exit(r)
    end
  end

  def system_continue(parent, deb, x), do: loop(parent, deb, x)
  def system_terminate(reason, _, _, _), do: exit(reason)
  def system_get_state(x), do: {:ok, x}
  def system_replace_state(f, x), do: {:ok, f.(x), f.(x)}
  def system_code_change(x, _, _, _), do: {:ok, x}
end

{:ok, pid} = Special.start_link(10)
send(pid, {:add, self(), 5})
IO.inspect(receive do {:sum, n} -> n end)
IO.inspect(:sys.get_state(pid))
IO.inspect(:sys.replace_state(pid, &(&1 * 2)))
IO.inspect(:proc_lib.translate_initial_call(pid))
IO.inspect(:proc_lib.initial_call(pid) |> elem(0))
Process.flag(:trap_exit, true)
IO.inspect(Special.start_link(:fail))
IO.inspect(:sys.terminate(pid, :done))
IO.inspect(receive do {:EXIT, ^pid, r} -> r end)
{:ok, pid} = Task.start(fn -> receive do :x -> :ok end end)
{:dictionary, d} = Process.info(pid, :dictionary)
IO.inspect({d[:"$ancestors"] == [self()], is_list(d[:"$callers"])})
IO.inspect(:proc_lib.stop(elem(Agent.start(fn -> 1 end), 1)))
