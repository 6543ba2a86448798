# Patterns in `=`, `case` and function heads: pins, nested maps, lists, binaries, default arguments.
defmodule Shape do
  def area({:circle, r}), do: Float.round(:math.pi() * r * r, 3)
  def area({:rectangle, w, h}), do: w * h
  def area(%{kind: :square, side: s}), do: s * s
  def area([a, b | _]) when is_number(a) and is_number(b), do: a * b
  def area(other), do: {:unknown, other}

  def greet(name, greeting \\ "Hello", mark \\ "!"), do: "#{greeting}, #{name}#{mark}"
end

for shape <- [{:circle, 2}, {:rectangle, 3, 4}, %{kind: :square, side: 5}, [6, 7, 8], :blob],
    do: IO.inspect(Shape.area(shape))

IO.puts(Shape.greet("Ann"))
IO.puts(Shape.greet("Ann", "Hi"))
IO.puts(Shape.greet("Ann", "Hi", "?"))

expected = 3

result =
  case {1, 3, %{a: %{b: [10, 20, 30]}}} do
    {_, ^expected, %{a: %{b: [first | rest]}}} -> {first, rest}
    _ -> :no
  end

IO.inspect(result)
%{name: name, tags: [_, second | _]} = %{name: "x", tags: ~w(a b c), other: 1}
IO.inspect({name, second})
<<major, minor, rest::binary>> = <<1, 2, "payload">>
IO.inspect({major, minor, rest})
"key=" <> value = "key=value"
IO.puts(value)

try do
  {:ok, _} = {:error, :enoent}
rescue
  e in MatchError -> IO.puts(Exception.message(e))
end

try do
  case Process.get(:nothing_here) do
    1 -> :one
  end
rescue
  e in CaseClauseError -> IO.puts(Exception.message(e))
end
