# `Macro` and syntax trees: traversal, rewriting, to_string, escape, pipes, env, an expression differentiator.
ast = quote do: foo(1, x + 2) |> bar([a: 1])
IO.puts(Macro.to_string(ast))
{_, vars} = Macro.prewalk(ast, [], fn {name, _, ctx} = n, acc when is_atom(ctx) -> {n, [name | acc]}; n, acc -> {n, acc} end)
IO.inspect(vars)
IO.puts(ast |> Macro.postwalk(fn n when is_integer(n) -> n * 10; n -> n end) |> Macro.to_string())
IO.inspect(Macro.unpipe(quote do: a |> b() |> c(1)) |> Enum.map(fn {e, i} -> {Macro.to_string(e), i} end))
IO.inspect(Macro.escape(%{a: {1, [2]}}))
IO.inspect({Macro.camelize("foo_bar/baz"), Macro.underscore("FooBar.HTTPServer"), Macro.var(:x, nil), Macro.generate_arguments(2, Foo) |> length()})
IO.inspect(Macro.decompose_call(quote do: Mod.fun(1, 2)) |> elem(1))
IO.inspect(Code.string_to_quoted("1 + 2 * 3"))
IO.inspect(Code.string_to_quoted("foo(", []) |> elem(0))
IO.inspect(Code.string_to_quoted!("%{a: 1} = x", columns: true))
IO.puts(Code.format_string!("def  f( a,b ),do: a+b\nx=[1,2,\n3]") |> IO.iodata_to_binary())
IO.puts(Macro.to_string(quote do
  defmodule M do
    @doc "d"
    def f(x) when x > 1 do
      case x do
        2 -> :two
        _ -> fn y -> y end
      end
    end
  end
end))

defmodule Diff do
  def d(n) when is_number(n), do: 0
  def d({:x, _, nil}), do: 1
  def d({op, _, [a, b]}) when op in [:+, :-], do: simplify({op, [], [d(a), d(b)]})
  def d({:*, _, [a, b]}), do: simplify({:+, [], [simplify({:*, [], [d(a), b]}), simplify({:*, [], [a, d(b)]})]})
  def d({:**, _, [a, n]}) when is_integer(n), do: simplify({:*, [], [simplify({:*, [], [n, simplify({:**, [], [a, n - 1]})]}), d(a)]})
  def d({:sin, _, [a]}), do: simplify({:*, [], [{:cos, [], [a]}, d(a)]})
  def simplify({:+, _, [0, a]}), do: a
  def simplify({:+, _, [a, 0]}), do: a
  def simplify({:*, _, [0, _]}), do: 0
  def simplify({:*, _, [_, 0]}), do: 0
  def simplify({:*, _, [1, a]}), do: a
  def simplify({:*, _, [a, 1]}), do: a
  def simplify({:**, _, [a, 1]}), do: a
  def simplify({op, _, [a, b]}) when is_number(a) and is_number(b), do: apply(Kernel, op, [a, b])
  def simplify(e), do: e
end

for text <- ["3 * x ** 2 + 2 * x + 1", "x * sin(x)", "(x + 1) * (x - 1)"], do: IO.puts("d(#{text}) = #{text |> Code.string_to_quoted!() |> Diff.d() |> Macro.to_string()}")
IO.inspect(Macro.operator?(:+, 2))
IO.inspect(Macro.quoted_literal?(quote do: [1, {2, :a}]))
IO.inspect(Macro.path(quote(do: [a, b(1)]), &(&1 == 1)) |> length())
IO.inspect(Macro.validate({:a, 1, 2, 3}))
IO.inspect(Enum.count(Macro.prewalker(quote do: 1 + 2 + 3)))
