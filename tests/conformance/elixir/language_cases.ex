defmodule LanguageCases.Shape do
  defstruct [:name, sides: 3]
end

defmodule LanguageCases.Strict do
  @enforce_keys [:a]
  @derive {Inspect, only: [:a]}
  defstruct [:a, b: 1]
end

defprotocol LanguageCases.Area do
  @fallback_to_any true
  def area(x)
end

defimpl LanguageCases.Area, for: LanguageCases.Shape do
  def area(s), do: s.sides
end

defimpl LanguageCases.Area, for: [Integer, Float] do
  def area(n), do: n * n
end

defimpl LanguageCases.Area, for: Any do
  def area(_), do: :any
end

defprotocol LanguageCases.NoFallback do
  def f(x)
end

defmodule LanguageCases.Oops do
  defexception [:message, code: 7]
end

defmodule LanguageCases.Macros do
  defmacro unless_zero(x, do: body) do
    quote do
      case unquote(x) do
        0 -> :zero
        other when is_integer(other) -> {other, unquote(body)}
      end
    end
  end

  defguard is_pair(x) when is_tuple(x) and tuple_size(x) == 2
end

defmodule LanguageCases do
  use Conformance
  import LanguageCases.Macros
  alias LanguageCases.{Area, NoFallback, Oops, Shape, Strict}

  cases do
    %Shape{}
    %Shape{name: "x"} = id(%Shape{name: "x"})
    %{id(%Shape{}) | sides: 4}
    %{id(%Shape{}) | nope: 4}
    struct(Shape, name: 1, zzz: 2)
    struct!(Shape, zzz: 2)
    struct!(Strict, b: 2)
    %Strict{a: 1}
    id(%Shape{}).name
    id(%Shape{}).nope
    id(%{a: 1}).b
    id(nil).b
    id(%Shape{})[:name]
    Area.area(%Shape{})
    Area.area(3)
    Area.area("x")
    NoFallback.f(1)
    NoFallback.impl_for(%Shape{})
    Area.impl_for(1.5)
    raise "text"
    raise ArgumentError
    raise Oops, message: "m", code: 1
    raise Oops, "direct"
    raise id(:not_an_exception)
    throw(:ball)
    exit({:shutdown, 1})
    :erlang.error(:custom)
    unless_zero(id(5), do: :body)
    unless_zero(id(0), do: :body)
    unless_zero(id(:x), do: :body)
    rescued(fn -> raise Oops, message: "r" end)
    rescued(fn -> 1 + id(:a) end)
    rescued(fn -> id(%{}).x end)
    rescued(fn -> hd(id([])) end)
    rescued(fn -> String.to_integer("x") end)
    rescued(fn -> throw(:t) end)
    rescued(fn -> exit(:e) end)
    rescued(fn -> :ok end)
    rescued(fn -> id(:nomod).f(1) end)
    rescued(fn -> apply(String, :nofun, [1]) end)
    rescued(fn -> id(fn -> 1 end).(2) end)
    rescued(fn -> id(:notfun).() end)
    rescued(fn -> id(1) / 0 end)
    rescued(fn -> {:a, _} = id({:b, 1}) end)
    rescued(fn -> case id(1), do: (2 -> 3) end)
    rescued(fn -> cond do id(false) -> 1 end end)
    rescued(fn -> with({:ok, x} <- id(:err), do: x, else: (:other -> 1)) end)
    rescued(fn -> if(id(nil), do: 1) end)
    rescued(fn -> id(1) and true end)
    rescued(fn -> not id(1) end)
    rescued(fn -> %{id(%{}) | a: 1} end)
    rescued(fn -> Map.fetch!(%{"a" => 1}, "b") end)
    rescued(fn -> Keyword.fetch!([], :b) end)
    rescued(fn -> Enum.fetch!([], 0) end)
    rescued(fn -> String.to_existing_atom("never seen before atom x") end)
    rescued(fn -> struct!(Strict, []) end)
    rescued(fn -> <<id(:a)::8>> end)
    rescued(fn -> "a" <> id(:b) end)
    rescued(fn -> elem(id({}), 3) end)
    rescued(fn -> private_clause(3) end)
    rescued(fn -> Integer.parse("1", 99) end)
    rescued(fn -> Date.new!(2020, 13, 1) end)
    Exception.message(%ArgumentError{})
    Exception.message(%KeyError{key: :a, term: %{b: 1}})
    Exception.format(:error, %RuntimeError{message: "x"}, [])
    Exception.format_exit({:badarg, [{:m, :f, 1, [file: ~c"f.ex", line: 3]}]})
    Exception.format_exit({:noproc, {GenServer, :call, [:a, :b, 5000]}})
    Exception.format_mfa(Foo, :"bar baz", [1, 2])
    Exception.format_stacktrace_entry({Foo, :bar, 2, [file: ~c"foo.ex", line: 9]}) =~ "foo.ex:9"
    Exception.normalize(:error, :badarith)
    Exception.normalize(:error, {:badmatch, 1})
    Exception.blame(:error, :badarg, []) |> elem(0)
    for(x <- 1..3, y <- [:a, :b], x != 2, do: {x, y})
    for(x <- [1, 2, 3], into: %{}, do: {x, x * x})
    for(<<c <- "abc">>, do: c + 1)
    for(<<c <- "abc">>, into: "", do: <<c + 1>>)
    for(x <- [1, 2, 1], uniq: true, do: x)
    for(x <- 1..4, reduce: 0, do: (acc -> acc + x))
    for({:ok, v} <- [{:ok, 1}, :error, {:ok, 2}], do: v)
    with({:ok, a} <- {:ok, 1}, b = a + 1, true <- b > 1, do: {a, b})
    with({:ok, a} <- id(:nope), do: a)
    with({:ok, a} <- id(:nope), do: a, else: (:nope -> :else_branch))
    cond_test(5)
    cond_test(50)
    (fn [h | t] -> {h, t} end).([1, 2])
    (fn <<a, rest::binary>> -> {a, rest} end).("abc")
    (fn %{a: %{b: [x | _]}} -> x end).(%{a: %{b: [9]}})
    (fn x when is_pair(x) -> :pair; _ -> :no end).({1, 2})
    (&{&1, &2}).(1, 2)
    Enum.map([1, 2], &Integer.to_string/1)
    (1..3 |> Enum.map(&(&1 * 2)) |> then(&Enum.sum/1)) + 1
    1 |> Kernel.+(2) |> tap(fn _ -> :x end)
    if(id(false), do: 1)
    unless(id(false), do: 1, else: 2)
    id(nil) || :default
    id(1) && id(2)
    !id(nil)
    id(1) in [1, 2]
    id(5) in 1..10//2
    id([1 | 2]) |> is_list()
    ({a, b} = {1, 2} |> id(); [a | b])
    <<1, 2::16, "x", 3::size(4), 1::1, 7::3>>
    (<<x::little-16, r::bits>> = id(<<1, 2, 3>>); {x, r})
    (<<n, s::binary-size(n), _::binary>> = id(<<2, "abcd">>); s)
    max(1, 2.0)
    div(-7, 2)
    rem(-7, 2)
    round(2.5)
    trunc(-2.7)
    abs(-5)
    floor(-1.5)
    elem({1, 2}, 1)
    put_elem({1, 2}, 0, :x)
    tuple_size({})
    byte_size("é")
    is_struct(%Shape{}, Shape)
    is_exception(%Oops{})
    is_map_key(%{a: 1}, :a)
    is_function(&id/1, 1)
    binary_part("hello", 1, 3)
    node()
    make_ref() |> is_reference()
    function_exported?(String, :upcase, 1)
    inspect(&id/1)
    inspect(&String.upcase/1)
    inspect([1, :a, "b", ~c"c", 1.5, nil, true, {1}, %{a: 1}, [a: 1], <<1, 2>>, <<1::3>>])
    inspect(%{1 => 2, "a" => :b})
    inspect([a: 1, b: [c: 2]], pretty: true, width: 10)
    inspect(Enum.to_list(1..100))
    inspect(Enum.to_list(1..100), limit: 5)
    inspect(%{list: Enum.to_list(1..60), text: String.duplicate("x", 100)}, pretty: true)
    inspect("a\nb\t\"\\\#{x}é\u0000\x7f")
    inspect("é", binaries: :as_binaries)
    inspect(<<255, 1>>)
    inspect(~c"abc", charlists: :as_lists)
    inspect([100, 101])
    inspect(:"Elixir.Foo.Bar")
    inspect([:a, :A, :"a-b", :+, :"1a", :a?, :b!, :"é", :nil, Foo, :"", :"foo@bar"])
    inspect(%Shape{name: [1, %Shape{}]})
    inspect(MapSet.new([1]))
    inspect(1..2)
    inspect(~r/a/i) =~ "~r"
    inspect(~D[2024-01-01])
    inspect(%RuntimeError{message: "x"})
    inspect({:a, %{b: {1, [2]}}}, structs: false, base: :hex)
    inspect(255, base: :hex)
    inspect(1_000_000.0)
    inspect(12345678901234567890)
    inspect(%{a: %{b: %{c: %{d: 1}}}}, limit: 2)
    inspect("long " |> String.duplicate(30), printable_limit: 20)
    inspect(fn -> 1 end) =~ "#Function<"
    inspect({})
    inspect([])
    inspect(%{})
    Macro.to_string(quote do: a + b * c - (d - e))
    Macro.to_string(quote do: if(x, do: 1, else: 2))
    Macro.to_string(quote do: fn x, y when x > y -> {x, y} end)
    Macro.to_string(quote do: %{a | b: 1, c: [d: 2]})
    Macro.to_string(quote do: foo.bar(1)[:x].baz(&(&1 + 1)))
    Macro.to_string(quote do: (a |> b() |> c(1)))
    Macro.to_string(quote(do: def f(x) do x; y end))
    Macro.to_string(quote do: <<a::8, b::binary-size(2)>>)
    Macro.to_string(quote do: "a#{b}c")
    Macro.underscore("FooBar.BazQux")
    Macro.camelize("foo_bar/baz")
    Macro.escape(%{a: {1, 2, 3}})
    Macro.prewalk(quote(do: 1 + 2), fn n when is_integer(n) -> n * 10; x -> x end)
    Macro.decompose_call(quote do: a.b(1))
    Macro.expand_once(quote(do: unless(x, do: 1)), __ENV__) |> elem(0)
    Code.string_to_quoted("a + 1")
    Code.string_to_quoted("a +")
    Code.string_to_quoted("fn -> end end")
    Code.string_to_quoted("\"abc")
    Code.string_to_quoted("x = [1, 2 | 3]; %{y | z: 1}", columns: true)
    Code.string_to_quoted("~s(a \#{b})")
    Code.string_to_quoted("@doc \"x\"\ndef f, do: :ok")
    Code.format_string!("a=1+2;b   = [1,2,\n3]") |> IO.iodata_to_binary()
    Code.format_string!("defmodule A do\ndef f(x)do\nif x do 1 else 2 end\nend\nend") |> IO.iodata_to_binary()
    Code.format_string!("foo(aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb, ccccccccccccccccccccccccccccc)") |> IO.iodata_to_binary()
    Code.format_string!("x|>f()|>g(1) # c") |> IO.iodata_to_binary()
    IO.iodata_to_binary(["a", [?b | "c"]])
    IO.chardata_to_string([1234, "x"])
    IO.iodata_length([1, "ab"])
    Process.get(:nothing, 5)
    Inspect.Algebra.format(Inspect.Algebra.concat("a", "b"), 80)
  end

  def rescued(fun) do
    try do
      {:value, fun.()}
    rescue
      e in [Oops, ArgumentError] -> {:named, e.__struct__, Exception.message(e)}
      e -> {:rescued, e.__struct__, Exception.message(e)}
    catch
      kind, value -> {:caught, kind, value}
    after
      :done
    end
  end

  def cond_test(x) do
    cond do
      x < 10 -> :small
      x > 40 and x < 60 -> :middle
      true -> :other
    end
  end

  defp private_clause(1), do: :one
  defp private_clause(2), do: :two
end
