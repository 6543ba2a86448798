defmodule Shop.EventBus do
  def child_spec(_), do: Registry.child_spec(keys: :duplicate, name: __MODULE__)
  def subscribe, do: Registry.register(__MODULE__, :all, [])
  def publish(event), do: Registry.dispatch(__MODULE__, :all, fn subs -> for {pid, _} <- subs, do: send(pid, event) end)
end
