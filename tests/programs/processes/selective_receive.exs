# Priorities, nested receives, flushing, request tags with `:gen_server.send_request`, receive with guards.
defmodule Mail do
  def important do
    receive do
      {p, m} when p > 5 -> [m | important()]
    after
      0 -> normal()
    end
  end

  def normal do
    receive do
      {_, m} -> [m | normal()]
    after
      0 -> []
    end
  end
end

for {p, m} <- [{1, :a}, {9, :b}, {3, :c}, {7, :d}], do: send(self(), {p, m})
IO.inspect(Mail.important())

defmodule Slow do
  use GenServer
  def init(_), do: {:ok, nil}
  def handle_call({:wait, ms, v}, from, s) do
    Process.send_after(self(), {:answer, from, v}, ms)
    {:noreply, s}
  end
  def handle_info({:answer, from, v}, s) do
    GenServer.reply(from, v)
    {:noreply, s}
  end
end

{:ok, s} = GenServer.start_link(Slow, [])
ids = Enum.reduce([{60, :third}, {10, :first}, {35, :second}], :gen_server.reqids_new(), fn {ms, v}, ids -> :gen_server.send_request(s, {:wait, ms, v}, v, ids) end)
collect = fn f, ids -> case :gen_server.receive_response(ids, 1000, true) do {{:reply, r}, label, ids} -> [{r, label} | f.(f, ids)]; :no_request -> [] end end
IO.inspect(collect.(collect, ids))
req = :gen_server.send_request(s, {:wait, 5, :x})
IO.inspect(:gen_server.wait_response(req, 500))
send(self(), {:n, 1})
send(self(), {:n, 2})
IO.inspect(receive do {:n, n} when n > 1 -> n end)
flush = fn f -> receive do m -> [m | f.(f)] after 0 -> [] end end
IO.inspect(flush.(flush))
