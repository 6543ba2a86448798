# Structs: defaults, enforced keys, updates, pattern matching, `Access` functions, nested updates.
defmodule Address do
  defstruct [:street, city: "Oslo"]
end

defmodule User do
  @enforce_keys [:name]
  defstruct [:name, :email, age: 0, address: %Address{}, tags: []]

  @type t :: %__MODULE__{name: String.t()}

  def new(name, opts \\ []), do: struct!(%__MODULE__{name: name}, opts)
  def birthday(%__MODULE__{age: age} = user), do: %{user | age: age + 1}
end

defmodule Demo do
  def run do
    user = User.new("Ann", age: 41, tags: [%{k: 1}, %{k: 2}])
    IO.inspect(user)
    IO.inspect(User.birthday(user).age)
    IO.inspect(put_in(user.address.city, "Rome").address)
    IO.inspect(update_in(user, [Access.key(:tags), Access.all(), :k], &(&1 * 10)).tags)
    IO.inspect(get_in(user, [Access.key!(:address), Access.key(:street, "none")]))
    IO.inspect(Map.from_struct(%Address{}))
    IO.inspect(match?(%User{address: %Address{city: "Oslo"}}, user))
    IO.inspect(struct(Address, city: "X", bogus: 1))
    IO.inspect(%Address{} == %Address{city: "Oslo"})
    IO.inspect(get_and_update_in(user.age, &{&1, &1 + 1}) |> elem(0))
    IO.inspect(pop_in(%{a: %{b: 1, c: 2}}, [:a, :b]))
    IO.inspect(get_in(%{list: [1, 2, 3]}, [:list, Access.at(-1)]))
    IO.inspect(update_in(%{list: [1, 2, 3, 4]}, [:list, Access.filter(&(rem(&1, 2) == 0))], &(&1 * 100)))
    IO.inspect(put_in([a: 1], [:b], 2))

    for f <- [
          fn -> struct!(User, age: 1) end,
          fn -> %{user | nope: 1} end,
          fn -> user[:name] end,
          fn -> Map.get(user, :zip).code end,
          fn -> struct!(Address, nope: 1) end
        ] do
      try do
        IO.inspect(f.())
      rescue
        e -> IO.puts("#{inspect(e.__struct__)}: #{Exception.message(e) |> String.split("\n") |> hd()}")
      end
    end
  end
end

Demo.run()
