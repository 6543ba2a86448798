# Type specs, opaque types, behaviours with optional callbacks, `@impl`, and asking modules about themselves.
defmodule Codec do
  @callback encode(term) :: binary
  @callback decode(binary) :: {:ok, term} | :error
  @callback name() :: String.t()
  @optional_callbacks name: 0

  def name(mod), do: if(function_exported?(mod, :name, 0), do: mod.name(), else: inspect(mod))
end

defmodule Codec.Term do
  @behaviour Codec
  @impl true
  def encode(t), do: :erlang.term_to_binary(t)
  @impl true
  def decode(b) do
    {:ok, :erlang.binary_to_term(b)}
  rescue
    ArgumentError -> :error
  end
end

defmodule Codec.Hex do
  @behaviour Codec
  @impl true
  def encode(t), do: t |> to_string() |> Base.encode16()
  @impl true
  def decode(b), do: Base.decode16(b)
  @impl true
  def name, do: "hex"
end

for mod <- [Codec.Term, Codec.Hex] do
  IO.puts(Codec.name(mod))
  IO.inspect(mod.decode(mod.encode("data")))
  IO.inspect(mod.decode("zz"))
  IO.inspect(mod.__info__(:functions))
  IO.inspect(mod.module_info(:attributes)[:behaviour])
end

IO.inspect(Codec.behaviour_info(:callbacks))
IO.inspect(Codec.behaviour_info(:optional_callbacks))
IO.inspect(Code.ensure_loaded(Nope))
IO.inspect(Code.ensure_loaded?(Codec))
IO.inspect(Codec.Hex.__info__(:module))
