# `Code`: eval_string with bindings, eval_quoted, eval with an environment, compile_string, compile_quoted, fragments.
IO.inspect(Code.eval_string("a + b", a: 1, b: 2))
{result, binding} = Code.eval_string("c = a * 10; c + 1", a: 4)
IO.inspect({result, Enum.sort(binding)})
IO.inspect(Code.eval_quoted(quote(do: Enum.sum([1, 2, var!(n)])), n: 3) |> elem(0))
{_, _, env} = Code.eval_string("require Integer; import Enum, only: [sum: 1]", [], __ENV__) |> then(fn {v, b} -> {v, b, __ENV__} end)
IO.inspect(env.module)
{v, b, e} = Code.eval_quoted_with_env(quote(do: (import Enum, only: [max: 1]; max([1, 5, 3]))), [], __ENV__)
IO.inspect({v, b, e.functions[Enum]})
[{mod, bytes}] = Code.compile_string("defmodule Made do\n def hi(n), do: {:hi, n}\nend", "made.ex")
IO.inspect({mod, is_binary(bytes), apply(Made, :hi, [1])})
IO.inspect(Code.compile_quoted(quote do
  defmodule A.B do
    defmacro m(x), do: quote(do: unquote(x) + 1)
  end
end) |> Enum.map(&elem(&1, 0)))
IO.inspect(Code.eval_string("require A.B; A.B.m(5)") |> elem(0))
contents = quote do: def answer, do: 42
Module.create(Created, contents, Macro.Env.location(__ENV__))
IO.inspect(apply(Created, :answer, []))
f = Code.eval_string("fn x -> x * 2 end") |> elem(0)
IO.inspect(f.(21))
{g, _} = Code.eval_string("""
defmodule Fact do
  def of(0), do: 1
  def of(n), do: n * of(n - 1)
end
&Fact.of/1
""")
IO.inspect(g.(15))

for bad <- ["1 +", "undefined_var + 1", "raise \"in eval\"", "foo(1)", "%Nope{}", "\"abc", "def f, do: 1"] do
  {r, diagnostics} = Code.with_diagnostics(fn ->
    try do
      Code.eval_string(bad)
    rescue
      e -> {e.__struct__, Exception.message(e) |> String.split("\n") |> hd()}
    end
  end)
  IO.inspect({bad, r, Enum.map(diagnostics, & &1.message |> String.split("\n") |> hd())})
end

IO.inspect(Code.loaded?(Made))
purge = {:code.delete(Made), :code.purge(Made)}
IO.inspect({purge, Code.loaded?(Made)})
IO.inspect(Code.get_compiler_option(:docs))
IO.inspect(Code.available_compiler_options() |> Enum.member?(:debug_info))
