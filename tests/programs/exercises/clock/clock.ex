defmodule Clock do
  defstruct hour: 0, minute: 0
  @type t :: %__MODULE__{hour: integer, minute: integer}
  def new(hour, minute) do
    total = Integer.mod(hour * 60 + minute, 24 * 60)
    %Clock{hour: div(total, 60), minute: rem(total, 60)}
  end
  def add(%Clock{hour: h, minute: m}, n), do: new(h, m + n)
  defimpl String.Chars do
    def to_string(%{hour: h, minute: m}), do: :io_lib.format("~2..0B:~2..0B", [h, m]) |> IO.chardata_to_string()
  end
  defimpl Inspect do
    import Inspect.Algebra
    def inspect(c, opts), do: concat(["#Clock<", to_doc(c.hour, opts), ":", to_doc(c.minute, opts), ">"])
  end
end
