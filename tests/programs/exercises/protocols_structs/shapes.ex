defprotocol Shape do
  @doc "Area"
  @fallback_to_any true
  def area(shape)
  @spec name(t) :: String.t()
  def name(shape)
end
defimpl Shape, for: Any do
  defmacro __deriving__(module, struct, opts) do
    quote do
      defimpl Shape, for: unquote(module) do
        def area(%{side: s}), do: s * s
        def name(_), do: unquote("derived #{inspect(module)} #{map_size(struct)} #{inspect(opts)}")
      end
    end
  end
  def area(_), do: 0
  def name(x), do: "any #{inspect(x)}"
end
defmodule Circle do
  @enforce_keys [:r]
  defstruct [:r, colour: "red"]
end
defmodule Square do
  @derive {Inspect, only: [:side]}
  @derive Shape
  defstruct side: 1, secret: nil
end
defimpl Shape, for: Circle do
  def area(%{r: r}), do: Float.round(:math.pi() * r * r, 2)
  def name(_), do: "circle"
end
defimpl Shape, for: [List, Tuple] do
  def area(l), do: Enum.count(List.wrap(l))
  def name(_), do: inspect(@for)
end
defimpl Enumerable, for: Square do
  def count(_), do: {:error, __MODULE__}
  def member?(_, _), do: {:error, __MODULE__}
  def slice(_), do: {:error, __MODULE__}
  def reduce(%{side: n}, acc, f), do: Enumerable.List.reduce(Enum.to_list(1..n), acc, f)
end
defimpl Collectable, for: Square do
  def into(sq), do: {sq, fn s, {:cont, x} -> %{s | side: s.side + x}; s, :done -> s; _, :halt -> :ok end}
end
