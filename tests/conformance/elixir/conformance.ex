defmodule Conformance do
  @moduledoc "Cases whose names are their expressions."

  defmacro __using__(_options) do
    quote do
      import Conformance
      Module.register_attribute(__MODULE__, :case, accumulate: true)
      @before_compile Conformance
    end
  end

  @doc "Defines a case for each line of the block."
  defmacro cases(do: block) do
    lines =
      case block do
        {:__block__, _, lines} -> lines
        line -> [line]
      end

    for line <- lines do
      name = Macro.to_string(line)
      function = :"case #{:erlang.phash2(name)} #{System.unique_integer([:positive])}"

      quote do
        @case {unquote(name), unquote(function)}
        def unquote(function)(), do: unquote(line)
      end
    end
  end

  defmacro __before_compile__(env) do
    cases =
      for {name, function} <- Enum.reverse(Module.get_attribute(env.module, :case)) do
        quote do: {unquote(name), fn -> unquote(function)() end}
      end

    quote do
      def cases, do: unquote(cases)
    end
  end

  @doc "The value, without the compiler knowing anything about it."
  def id(value), do: :erlang.hd([value | :erlang.get_keys()])
end
