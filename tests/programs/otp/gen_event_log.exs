# `:gen_event`: handlers added, called, swapped, deleted, and one that fails.
defmodule Counter do
  @behaviour :gen_event
  def init({:swapped, n}), do: {:ok, n}
  def init({args, {:from, n}}), do: {:ok, {args, n}}
  def init(n), do: {:ok, n}
  def handle_event(:bad, _), do: raise("handler fails")
  def handle_event(:remove_me, _), do: :remove_handler
  def handle_event({:add, k}, n), do: {:ok, n + k}
  def handle_event(_, n), do: {:ok, n}
  def handle_call(:get, n), do: {:ok, n, n}
  def terminate(:swap, n), do: {:from, n}
  def terminate(reason, _), do: IO.puts("terminate #{inspect(reason) |> String.slice(0, 12)}")
end

Logger.configure(level: :none)
{:ok, m} = :gen_event.start_link()
IO.inspect(:gen_event.add_handler(m, Counter, 0))
IO.inspect(:gen_event.add_handler(m, {Counter, :second}, 100))
:gen_event.notify(m, {:add, 5})
:gen_event.sync_notify(m, {:add, 1})
IO.inspect({:gen_event.call(m, Counter, :get), :gen_event.call(m, {Counter, :second}, :get)})
IO.inspect(Enum.sort(:gen_event.which_handlers(m)))
IO.inspect(:gen_event.swap_handler(m, {{Counter, :second}, :swap}, {{Counter, :third}, :args}))
IO.inspect(:gen_event.call(m, {Counter, :third}, :get))
IO.inspect(:gen_event.delete_handler(m, {Counter, :third}, :bye))
:gen_event.sync_notify(m, :bad)
IO.inspect(:gen_event.which_handlers(m))
IO.inspect(:gen_event.call(m, Counter, :get))
:gen_event.add_handler(m, Counter, 1)
:gen_event.sync_notify(m, :remove_me)
IO.inspect(:gen_event.which_handlers(m))
IO.inspect(:gen_event.stop(m))
