# Nested data with `Access`, `get_in`, `update_in`, custom Access behaviour, key sorting of output.
defmodule Inventory do
  @behaviour Access
  defstruct items: %{}

  @impl true
  def fetch(%{items: items}, key), do: Map.fetch(items, key)
  @impl true
  def get_and_update(inv, key, fun) do
    {get, items} = Access.get_and_update(inv.items, key, fun)
    {get, %{inv | items: items}}
  end

  @impl true
  def pop(inv, key) do
    {v, items} = Map.pop(inv.items, key)
    {v, %{inv | items: items}}
  end
end

defmodule Demo do
  def run do
    inv = %Inventory{items: %{"pen" => %{count: 3, prices: [1, 2]}, "ink" => %{count: 0, prices: []}}}
    IO.inspect(inv["pen"].count)
    IO.inspect(get_in(inv, ["pen", :prices, Access.at(1)]))
    inv = update_in(inv["pen"][:count], &(&1 + 10))
    inv = put_in(inv, ["cap"], %{count: 1, prices: [9]})
    IO.inspect(inv)
    {gone, inv} = pop_in(inv, ["ink"])
    IO.inspect({gone, Map.keys(inv.items)})
    data = %{users: [%{name: "a", roles: [:x]}, %{name: "b", roles: [:y, :z]}]}
    IO.inspect(get_in(data, [:users, Access.all(), :roles]))
    IO.inspect(get_in(data, [:users, Access.filter(&(&1.name == "b")), :name]))
    IO.inspect(update_in(data, [:users, Access.at(0), :roles], &[:new | &1]))
    IO.inspect(get_in(data, [:users, Access.slice(0..0), :name]))
    IO.inspect(get_in(nil, [:a, :b]))
    IO.inspect(put_in([x: [y: 1]], [:x, :y], 5))
    IO.inspect(Access.get([a: 1], :b, :default))
    IO.inspect(get_in({1, {2, 3}}, [Access.elem(1), Access.elem(0)]))
    IO.inspect(update_in([1, 2, 3], [Access.find(&(&1 > 1))], &(&1 * 100)))
  end
end

Demo.run()
