# Publish and subscribe over a duplicate Registry with wildcard topics, subscribers that come and go.
defmodule PubSub do
  def start_link, do: Registry.start_link(keys: :duplicate, name: __MODULE__)
  def subscribe(topic), do: Registry.register(__MODULE__, topic, [])

  def publish(topic, message) do
    for t <- [topic, "*"] do
      Registry.dispatch(__MODULE__, t, fn subs -> Enum.each(subs, fn {pid, _} -> send(pid, {topic, message}) end) end)
    end
    :ok
  end
end

defmodule Listener do
  def start(name, topics, parent, left) do
    spawn_link(fn ->
      Enum.each(topics, &PubSub.subscribe/1)
      send(parent, {:ready, name})
      loop(name, parent, left)
    end)
  end

  defp loop(name, parent, 0), do: send(parent, {:bye, name})
  defp loop(name, parent, n) do
    receive do
      {topic, m} ->
        send(parent, {:heard, name, topic, m})
        loop(name, parent, n - 1)
    end
  end
end

{:ok, _} = PubSub.start_link()
for {n, ts, k} <- [{:ann, ["news"], 2}, {:bob, ["news", "sport"], 3}, {:all, ["*"], 4}], do: Listener.start(n, ts, self(), k)
for n <- [:ann, :bob, :all], do: receive(do: ({:ready, ^n} -> :ok))
for {t, m} <- [{"news", 1}, {"sport", 2}, {"news", 3}, {"art", 4}], do: PubSub.publish(t, m)
for n <- [:ann, :bob, :all], do: receive(do: ({:bye, ^n} -> :ok))
heard = Stream.repeatedly(fn -> receive do {:heard, n, t, m} -> {n, t, m} after 0 -> nil end end) |> Enum.take_while(& &1)
for {n, l} <- Enum.group_by(heard, &elem(&1, 0)) |> Enum.sort(), do: IO.inspect({n, Enum.map(l, fn {_, t, m} -> {t, m} end)})
