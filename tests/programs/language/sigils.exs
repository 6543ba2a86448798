# Sigils: built-in ones with their modifiers, heredocs, and one of our own.
defmodule MySigils do
  def sigil_i(string, []), do: String.to_integer(string)
  def sigil_i(string, [?n]), do: -String.to_integer(string)
  defmacro sigil_X({:<<>>, _, [text]}, mods), do: {String.upcase(text), mods}
end

defmodule Demo do
  def run do
    import MySigils
    x = 5
    IO.inspect({~i(42), ~i(42)n, ~X(shout)ab})
    IO.inspect(~s(with "quotes" and #{x}))
    IO.inspect(~S(no #{x} \n))
    IO.inspect({~w(a b #{x}), ~w(a b)a, ~w(a b)c, ~W(a #{x})})
    IO.inspect(~c"charlist #{x}")
    IO.inspect(Regex.run(~r/(\d+)-(?<word>\w+)/u, "12-ab"))
    IO.inspect({~D[2024-02-29], ~T[12:00:01.5], ~N[2024-02-29 12:00:00], ~U[2024-02-29 12:00:00Z]})
    IO.puts(~S"""
      indented
        more \n stays
    """)
    IO.puts("""
    heredoc #{x}
      two \
    joined
    """)
    IO.inspect('old charlist' == ~c"old charlist")
    IO.inspect("\x41\u00e9\u{1F600}\s\t|")
  end
end

Demo.run()
