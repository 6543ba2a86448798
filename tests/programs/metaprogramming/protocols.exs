# Protocols: implementations for built-in types and structs, Any with derive, fallback, errors, reflection.
defprotocol Size do
  @doc "How big"
  @fallback_to_any true
  def size(x)
end

defimpl Size, for: [List, MapSet] do
  def size(x), do: Enum.count(x)
end

defimpl Size, for: BitString do
  def size(s) when is_binary(s), do: String.length(s)
  def size(b), do: {:bits, bit_size(b)}
end

defimpl Size, for: [Integer, Float], do: (def size(n), do: {@for, n})
defimpl Size, for: Tuple, do: (def size(t), do: tuple_size(t))
defimpl Size, for: Function, do: (def size(f), do: Function.info(f, :arity) |> elem(1))
defimpl Size, for: PID, do: (def size(_), do: :pid)
defimpl Size, for: Atom, do: (def size(a), do: a |> Atom.to_string() |> Size.size())

defimpl Size, for: Any do
  defmacro __deriving__(module, options) do
    quote do
      defimpl Size, for: unquote(module) do
        def size(s), do: {:derived, unquote(options), map_size(s)}
      end
    end
  end
  def size(_), do: :any
end

defmodule Box do
  @derive {Size, by: :count}
  defstruct [:a, :b]
end

defmodule Plain, do: defstruct([:x])

defprotocol Strict do
  def go(x)
end

defmodule Demo do
  def run do
    for x <- [[1, 2], "héllo", <<1::3>>, 7, 1.5, {1, 2, 3}, &Kernel.+/2, self(), :atom, %{a: 1}, %Box{}, %Plain{}, MapSet.new([1]), nil], do: IO.inspect(Size.size(x))
    IO.inspect({Size.impl_for([]), Size.impl_for(%Plain{}), Strict.impl_for(1), Protocol.consolidated?(Size), Protocol.consolidated?(Enumerable)})
    IO.inspect(Size.__protocol__(:functions))
    IO.inspect({Size.Box.__impl__(:for), Size.Box.__impl__(:protocol)})
    try do
      Strict.go(%Plain{x: 1})
    rescue
      e in Protocol.UndefinedError -> IO.puts(Exception.message(e) |> String.split("\n") |> hd())
    end
    IO.inspect(Protocol.assert_protocol!(Size))
    IO.inspect("#{[?a, "b"]} #{:atom} #{1.5} #{nil}|")
    try do
      "#{%{}}"
    rescue
      e -> IO.puts(Exception.message(e) |> String.split("\n") |> hd())
    end
    try do
      Enum.map(5, & &1)
    rescue
      e -> IO.puts(Exception.message(e) |> String.split("\n") |> hd())
    end
  end
end

Demo.run()
