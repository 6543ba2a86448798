defmodule Shop.OrderStore do
  use Agent
  def start_link(_), do: Agent.start_link(fn -> %{} end, name: __MODULE__)
  def save(order), do: Agent.update(__MODULE__, &Map.put(&1, order.id, order))
  def all, do: Agent.get(__MODULE__, &Map.values/1) |> Enum.sort_by(& &1.id)
end
