# `defguard`, guards that fail, `when` with several clauses, type tests, `in` in guards.
defmodule Guards do
  defguard is_even(n) when is_integer(n) and rem(n, 2) == 0
  defguardp is_short(s) when is_binary(s) and byte_size(s) < 4

  def kind(n) when is_even(n), do: :even
  def kind(n) when is_integer(n), do: :odd
  def kind(s) when is_short(s), do: :short
  def kind(s) when is_binary(s), do: :long
  def kind(x) when x in [:a, :b], do: :letter
  def kind(x) when is_map_key(x, :id), do: {:has_id, x.id}
  def kind(x) when is_struct(x, Range), do: :range
  def kind(x) when is_list(x) when is_tuple(x), do: :container
  def kind(x) when hd(x) == 1, do: :never
  def kind(_), do: :other
end

defmodule Demo do
  def run do
    import Guards
    for x <- [2, 3, "abc", "abcd", :a, :c, %{id: 7}, 1..2, [1], {1}, 1.5, nil, self()], do: IO.inspect(Guards.kind(x))
    IO.inspect(is_even(10))
    IO.inspect(Enum.filter(1..10, fn n when is_even(n) -> true; _ -> false end))
    IO.inspect({is_exception(%RuntimeError{}), is_nil(nil), is_boolean(:true), is_bitstring(<<1::3>>), is_binary(<<1::3>>)})

    try do
      (fn x when x > 1 -> x end).(0)
    rescue
      e in FunctionClauseError -> IO.puts("no clause of #{e.function |> to_string() |> String.slice(0, 6)}")
    end
  end
end

Demo.run()
