defmodule Shop.Customer do
  @derive {Inspect, except: [:email]}
  defstruct [:name, :email, :address, orders: 0]
  @type t :: %__MODULE__{}
  def new(name, email, address) do
    if email =~ ~r/^[^@\s]+@[^@\s]+\.\w+$/, do: {:ok, %__MODULE__{name: name, email: email, address: address}}, else: {:error, {:bad_email, email}}
  end
end
