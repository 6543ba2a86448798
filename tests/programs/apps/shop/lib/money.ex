defmodule Shop.Money do
  @enforce_keys [:cents]
  defstruct [:cents, currency: :EUR]
  @type t :: %__MODULE__{cents: integer, currency: atom}

  def new(cents), do: %__MODULE__{cents: cents}
  def add(%{currency: c} = a, %{currency: c} = b), do: %{a | cents: a.cents + b.cents}
  def times(m, n), do: %{m | cents: round(m.cents * n)}
  def sum(list), do: Enum.reduce(list, new(0), &add/2)

  defimpl String.Chars do
    def to_string(%{cents: c, currency: cur}), do: "#{if c < 0, do: "-"}#{div(abs(c), 100)}.#{c |> abs() |> rem(100) |> Integer.to_string() |> String.pad_leading(2, "0")} #{cur}"
  end

  defimpl Inspect do
    def inspect(m, _), do: "#Money<#{m}>"
  end
end
