defmodule Shop.Address do
  defstruct [:street, :city, country: :no]
  def parse(text) do
    case String.split(text, ~r/,\s*/) do
      [street, city, country] -> {:ok, %__MODULE__{street: street, city: city, country: country |> String.downcase() |> String.to_atom()}}
      _ -> {:error, :bad_address}
    end
  end
end
