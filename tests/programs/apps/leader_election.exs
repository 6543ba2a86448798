# Leader election among processes by the bully algorithm; the leader is killed and another takes over.
defmodule Bully do
  use GenServer
  def start(id, peers, observer), do: GenServer.start(__MODULE__, {id, peers, observer}, name: :"bully_#{id}")
  def init({id, peers, observer}), do: {:ok, %{id: id, peers: peers, observer: observer, leader: nil, waiting: nil}}

  def handle_cast(:elect, s), do: {:noreply, elect(s)}
  def handle_cast({:election, from}, s) do
    GenServer.cast(:"bully_#{from}", {:alive, s.id})
    {:noreply, if(s.waiting || s.leader == s.id, do: s, else: elect(s))}
  end
  def handle_cast({:alive, _}, s) do
    if is_reference(s.waiting), do: Process.cancel_timer(s.waiting)
    {:noreply, %{s | waiting: if(s.waiting, do: :others)}}
  end
  def handle_cast({:leader, id}, s) do
    if is_reference(s.waiting), do: Process.cancel_timer(s.waiting)
    Process.monitor(:"bully_#{id}")
    send(s.observer, {:follows, s.id, id})
    {:noreply, %{s | leader: id, waiting: nil}}
  end
  def handle_info(:nobody_answered, s), do: {:noreply, lead(s)}
  def handle_info({:DOWN, _, :process, _, _}, s), do: {:noreply, elect(%{s | leader: nil})}

  defp elect(%{waiting: w} = s) when w != nil, do: s
  defp elect(s) do
    case Enum.filter(s.peers, &(&1 > s.id and Process.whereis(:"bully_#{&1}"))) do
      [] -> lead(s)
      higher ->
        for p <- higher, do: GenServer.cast(:"bully_#{p}", {:election, s.id})
        %{s | waiting: Process.send_after(self(), :nobody_answered, 300)}
    end
  end
  defp lead(s) do
    for p <- s.peers, p != s.id, do: GenServer.cast(:"bully_#{p}", {:leader, s.id})
    send(s.observer, {:leads, s.id})
    %{s | leader: s.id, waiting: nil}
  end
end

peers = [1, 2, 3, 4]
for id <- peers, do: {:ok, _} = Bully.start(id, peers, self())
settle = fn leader, followers ->
  receive do {:leads, ^leader} -> IO.puts("#{leader} leads") after 2000 -> IO.puts("no leader") end
  IO.inspect(for f <- followers do receive do {:follows, ^f, ^leader} -> f after 2000 -> {:lost, f} end end)
end
GenServer.cast(:bully_1, :elect)
settle.(4, [1, 2, 3])
Process.exit(Process.whereis(:bully_4), :kill)
settle.(3, [1, 2])
