ExUnit.start(seed: 0, trace: true)
defmodule MyRouter do
  use Router, prefix: "/api"
  get "/", fn _ -> {200, "root"} end
  scope "/users" do
    get "/:id", fn %{id: id} -> {200, "user #{id}"} end
    get "/:id/posts/:post", fn p -> {200, p} end
  end
  get "/after", fn _ -> :after end
end
defmodule DslTest do
  use ExUnit.Case
  import Unless2
  test "routes" do
    assert MyRouter.routes() == ["/api/", "/api/users/:id", "/api/users/:id/posts/:post", "/api/after"]
    assert MyRouter.call(["api", "users", "7"]) == {200, "user 7"}
    assert MyRouter.call(["api", "users", "7", "posts", "x"]) == {200, %{id: "7", post: "x"}}
    assert MyRouter.call(["nope"]) == {404, "not found"}
  end
  test "macros" do
    x = 1; y = 2
    hygienic()
    assert x == 1
    unhygienic()
    assert x == 10
    swap(x, y)
    assert {x, y} == {2, 10}
    assert unless2(false, do: :a, else: :b) == :a
    assert pipeline([3, 1], [Enum.sort(), Enum.map(&(&1 * 2))]) == [2, 6]
    assert ExUnit.CaptureIO.capture_io(fn -> show(Enum.map([1, 2], fn x when x > 0 -> x * 2 end)) end) == "Enum.map([1, 2], fn x when x > 0 -> x * 2 end) = [2, 4]\n"
    assert (case 4 do n when is_even(n) -> :even; _ -> :odd end) == :even
    assert ~R2(a b)xyz == {"a b", ~c"xyz"}
    assert Macro.expand_once(quote(do: unless2(a, do: 1, else: 2)), __ENV__) |> Macro.to_string() == "if !a do\n  1\nelse\n  2\nend"
    assert Code.eval_quoted(quote(do: a + b), a: 1, b: 2) |> elem(0) == 3
    assert Macro.prewalk(quote(do: 1 + 2), fn n when is_integer(n) -> n * 10; o -> o end) |> Macro.to_string() == "10 + 20"
    assert {:ok, {:+, _, [1, {:x, _, nil}]}} = Code.string_to_quoted("1 + x")
    assert {:error, {[line: 1, column: _], _, _}} = Code.string_to_quoted("1 + ", columns: true) |> then(fn {:error, {m, a, b}} -> {:error, {Keyword.take(m, [:line, :column]), a, b}} end)
    assert Code.format_string!("foo  bar,  baz") |> IO.iodata_to_binary() == "foo(bar, baz)"
    assert_raise CompileError, fn -> ExUnit.CaptureIO.capture_io(:stderr, fn -> Code.eval_string("nope(1)") end) end
    assert_raise TokenMissingError, fn -> Code.eval_string("(1 + ") end
    assert_raise SyntaxError, fn -> Code.eval_string("1 +* 2") end
    assert Module.concat([A, "B", :c]) == A.B.C or Module.concat([A, "B"]) == A.B
    assert __ENV__.function == {:"test macros", 1}
    assert Macro.underscore("FooBar.BazQux") == "foo_bar/baz_qux" and Macro.camelize("foo_bar") == "FooBar"
    {:module, mod, bin, _} = Module.create(Dyn, quote(do: (def f(x), do: x + 1)), Macro.Env.location(__ENV__))
    assert mod.f(1) == 2 and is_binary(bin)
    assert function_exported?(Dyn, :f, 1)
  end
end
