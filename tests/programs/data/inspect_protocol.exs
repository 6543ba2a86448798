# What `inspect` prints: widths, limits, structs, derive options, custom implementations, charlists, functions, nested breaks.
defmodule Secret do
  @derive {Inspect, only: [:user]}
  defstruct [:user, :password]
end

defmodule Hidden do
  @derive {Inspect, except: [:token]}
  defstruct [:id, :token]
end

defmodule Money do
  defstruct [:amount, :currency]

  defimpl Inspect do
    import Inspect.Algebra
    def inspect(m, opts), do: concat(["#Money<", to_doc(m.amount / 100, opts), " ", Atom.to_string(m.currency), ">"])
  end
end

defmodule Broken do
  defstruct [:x]

  defimpl Inspect do
    def inspect(_, _), do: raise("cannot inspect")
  end
end

defmodule Demo do
  def run do
    IO.inspect(%Secret{user: "ann", password: "pw"})
    IO.inspect(%Hidden{id: 1, token: "t"})
    IO.inspect([%Money{amount: 1999, currency: :EUR}])
    IO.puts(inspect(%Broken{x: 1}) |> String.split("\n") |> hd())
    IO.inspect(%Secret{user: "ann"}, structs: false, custom_options: [sort_maps: true])
    IO.inspect(Enum.to_list(1..100))
    IO.inspect(Enum.to_list(1..100), limit: 3)
    IO.inspect(String.duplicate("long ", 30))
    IO.inspect(String.duplicate("x", 50), printable_limit: 10)
    IO.inspect(%{1 => "a rather long value here", 2 => "another rather long value", 3 => [1, 2, 3], 4 => {:a, :b}})
    IO.inspect(%{a: %{b: %{c: %{d: 1}}}}, width: 10)
    IO.inspect([a: 1, b: [c: 2]], width: 5)
    IO.inspect({:ok, "text\n\t\"q\" \e \0 \u200B é"})
    IO.inspect(["tab\t", ~c"abc", [1, 2, 3], [], {}, %{}, "", ~c"", <<1, 2>>, <<0>>])
    IO.inspect([7, 8, 9], charlists: :as_charlists)
    IO.inspect(255, base: :hex)
    IO.inspect(<<255, 0>>, base: :binary)
    IO.inspect("bin", binaries: :as_binaries)
    IO.inspect([:a, :"with space", :"é", :+, nil, true, Foo.Bar, :"Foo", :"Elixir.lower", :a?, :b!, :"c@d", :"9x", :"", :%{}, :.., :"&&&"])
    IO.inspect([1.0, 1.0e-10, -0.0, 1.0e100])
    IO.inspect({&String.length/1, &Demo.run/0})
    IO.inspect([{"not", "kw"}, {:a, 1}])
    IO.inspect(["quoted key": 1, ok: 2])
    IO.inspect(%{"quoted key": 1})
    IO.inspect([1 | 2])
    IO.inspect(%{1 => :a, :b => 2, "c" => [3]}, pretty: true, width: 1)
    IO.inspect(1..3)
    IO.inspect(~r/a\/b"c/iu)
    IO.inspect(MapSet.new([1]))
    IO.inspect(Date.range(~D[2024-01-01], ~D[2024-01-03]))
    IO.inspect(%ArgumentError{message: "m"})
    IO.inspect(Version.parse!("1.2.3-rc.1"))
    IO.inspect(Version.parse_requirement!("~> 1.2"))
    IO.inspect(URI.parse("http://a.b/c"))
    IO.inspect(quote do: fn x -> x + 1 end)
    IO.inspect(%{__struct__: Missing, a: 1})
    IO.inspect({1, 2}, syntax_colors: [number: :red])
    IO.inspect(%{a: 1}, custom_options: [x: 1], label: "labelled")
    IO.inspect("multi
line")
  end
end

Demo.run()
