# Module attributes, `Module` functions, nested modules, alias, import, `__info__`, compile-time computation, overridable.
defmodule Outer do
  @moduledoc "Docs"
  @version "1.0"
  @list Enum.map(1..5, &(&1 * &1))
  Module.register_attribute(__MODULE__, :plugin, accumulate: true, persist: true)
  @plugin :one
  @plugin :two
  @external_resource "none.txt"

  defmodule Inner do
    defmodule Deep, do: def(name, do: __MODULE__)
    def where, do: {__MODULE__, __ENV__.function}
  end

  alias Outer.Inner.Deep, as: D
  alias Outer.{Inner}

  def version, do: @version
  @version "2.0"
  def version2, do: @version
  def list, do: @list
  def plugins, do: @plugin
  def names, do: {D.name(), Inner.where()}
  IO.puts("body of #{inspect(__MODULE__)} runs")
  IO.inspect(Module.get_attribute(__MODULE__, :version))
  IO.inspect({Module.defines?(__MODULE__, {:list, 0}), Module.open?(__MODULE__), Module.definitions_in(__MODULE__) |> length()})

  for {k, v} <- [red: 1, blue: 2] do
    def colour(unquote(k)), do: unquote(v)
  end
  def colour(_), do: :unknown
end

defmodule Greeting do
  defmacro __using__(_) do
    quote do
      def hello, do: "base"
      def extra(x), do: x
      defoverridable hello: 0
      @on_definition Greeting
    end
  end
  def __on_definition__(_env, kind, name, args, _guards, _body), do: IO.puts("#{kind} #{name}/#{length(args)}")
end

defmodule Derived do
  use Greeting
  def hello, do: "derived " <> super()
  defp helper(a, b), do: a + b
  def sum(a), do: helper(a, 1)
  defdelegate reverse(l), to: Enum
  defdelegate up(s), to: String, as: :upcase
end

IO.inspect({Outer.version(), Outer.version2(), Outer.list(), Outer.plugins(), Outer.names()})
IO.inspect(Outer.__info__(:attributes)[:plugin])
IO.inspect(Enum.map([:red, :blue, :x], &Outer.colour/1))
IO.inspect({Derived.hello(), Derived.sum(2), Derived.reverse([1, 2]), Derived.up("x")})
IO.inspect(Derived.__info__(:functions))
IO.inspect({Module.concat(A, "B"), Module.split(A.B.C), Module.safe_concat([Outer, Inner])})
import Enum, only: [sum: 1], warn: false
IO.inspect(sum([1, 2]))
import Kernel, except: [length: 1]
IO.inspect(__ENV__.aliases)
IO.inspect(is_list(Outer.module_info(:exports)))
