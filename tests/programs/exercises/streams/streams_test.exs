ExUnit.start(seed: 0, trace: true)
defmodule StreamsTest do
  use ExUnit.Case, async: true
  test "primes" do
    assert Primes.nth(1) == 2
    assert Primes.nth(1001) == 7927
    assert_raise ArgumentError, "argument error", fn -> Primes.nth(0) end
    assert Primes.sieve(30) == [2, 3, 5, 7, 11, 13, 17, 19, 23, 29]
  end
  test "lazy" do
    assert Primes.fib() |> Enum.take(10) == [0, 1, 1, 2, 3, 5, 8, 13, 21, 34]
    assert Primes.fib() |> Stream.drop_while(&(&1 < 1000)) |> Enum.at(0) == 1597
    assert Primes.lines("a\nb\nc") |> Enum.to_list() == ["a", "b", "c"]
    assert_received {:closed, ""}
    assert Primes.lines("a\nb\nc") |> Enum.take(1) == ["a"]
    assert_received {:closed, "b\nc"}
    assert 1..10 |> Stream.chunk_every(3, 2, [:pad]) |> Enum.to_list() == [[1, 2, 3], [3, 4, 5], [5, 6, 7], [7, 8, 9], [9, 10, :pad]]
    assert Stream.zip([1..3, [:a, :b, :c], ["x", "y", "z"]]) |> Enum.to_list() == [{1, :a, "x"}, {2, :b, "y"}, {3, :c, "z"}]
    assert Stream.transform(1..5, 0, fn x, acc -> if x > 3, do: {:halt, acc}, else: {[x, acc], acc + x} end) |> Enum.to_list() == [1, 0, 2, 1, 3, 3]
    assert Stream.cycle([1, 2]) |> Stream.map(&(&1 * 2)) |> Stream.scan(&(&1 + &2)) |> Enum.take(4) == [2, 6, 8, 12]
    assert [1, 1, 2, 3, 3] |> Stream.dedup() |> Enum.to_list() == [1, 2, 3]
    assert Stream.interval(1) |> Enum.take(3) == [0, 1, 2]
    assert Stream.concat([[1], [2, 3], 4..5]) |> Stream.with_index(1) |> Enum.to_list() == [{1, 1}, {2, 2}, {3, 3}, {4, 4}, {5, 5}]
    assert Stream.chunk_while(1..6, [], fn x, acc -> if rem(x, 3) == 0, do: {:cont, Enum.reverse([x | acc]), []}, else: {:cont, [x | acc]} end, fn [] -> {:cont, []}; acc -> {:cont, acc, []} end) |> Enum.to_list() == [[1, 2, 3], [4, 5, 6]]
    assert inspect(Stream.map([1], & &1)) =~ "#Stream<[enum: [1], funs:"
    assert Stream.flat_map(1..3, &List.duplicate(&1, &1)) |> Enum.frequencies() == %{1 => 1, 2 => 2, 3 => 3}
    assert Enum.zip_reduce([1, 2], [3, 4], 0, fn a, b, c -> a * b + c end) == 11
    assert Stream.uniq_by([1, 2, 3, 4], &rem(&1, 2)) |> Enum.to_list() == [1, 2]
    assert Stream.take_every(1..10, 3) |> Enum.to_list() == [1, 4, 7, 10]
    assert Stream.map_every(1..5, 2, &(&1 * 10)) |> Enum.to_list() == [10, 2, 30, 4, 50]
    assert Stream.intersperse([1, 2, 3], 0) |> Enum.to_list() == [1, 0, 2, 0, 3]
    assert Stream.reject(1..4, &(&1 > 2)) |> Stream.each(&send(self(), &1)) |> Stream.run() == :ok
    assert_received 2
    assert Enum.reduce_while(Stream.repeatedly(fn -> 1 end), 0, fn x, a -> if a < 5, do: {:cont, a + x}, else: {:halt, a} end) == 5
    assert Stream.duplicate(:x, 2) |> Enum.to_list() == [:x, :x]
    assert Stream.from_index(3) |> Enum.take(2) == [3, 4]
  end
  test "enum leftovers" do
    assert Enum.chunk_by([1, 1, 2, 3, 3], & &1) == [[1, 1], [2], [3, 3]]
    assert Enum.flat_map_reduce(1..4, 0, fn x, a -> if a < 3, do: {[x], a + x}, else: {:halt, a} end) == {[1, 2], 3}
    assert Enum.group_by(~w(ant bee cat buffalo), &String.length/1, &String.first/1) == %{3 => ["a", "b", "c"], 7 => ["b"]}
    assert Enum.min_max_by(~w(aaa b cc), &String.length/1) == {"b", "aaa"}
    assert_raise Enum.EmptyError, "empty error", fn -> Enum.min([]) end
    assert Enum.min([], fn -> :none end) == :none
    assert_raise Enum.OutOfBoundsError, ~r/out of bounds error/, fn -> Enum.fetch!([1], 3) end
    assert Enum.slide(Enum.to_list(1..6), 1..2, 4) == [1, 4, 5, 2, 3, 6]
    assert Enum.split_with(1..6, &(rem(&1, 2) == 0)) == {[2, 4, 6], [1, 3, 5]}
    assert Enum.sort_by([{1, "b"}, {1, "a"}, {0, "c"}], &elem(&1, 0), :desc) == [{1, "b"}, {1, "a"}, {0, "c"}]
    assert Enum.with_index([:a, :b], fn e, i -> {i, e} end) == [{0, :a}, {1, :b}]
    assert Enum.zip_with([[1, 2], [3, 4], [5, 6]], &Enum.sum/1) == [9, 12]
    assert Enum.unzip([{1, :a}, {2, :b}]) == {[1, 2], [:a, :b]}
    assert Enum.product(1..20) == 2_432_902_008_176_640_000
    assert Enum.map_intersperse([1, 2], :x, &(&1 * 2)) == [2, :x, 4]
    assert Enum.chunk_every([1, 2, 3, 4, 5], 2, 3, :discard) == [[1, 2], [4, 5]]
    assert Enum.dedup_by([{1, 2}, {1, 3}, {2, 3}], &elem(&1, 0)) == [{1, 2}, {2, 3}]
    assert Enum.take(1..10, -3) == [8, 9, 10]
    assert Enum.slice(1..10, -3..-1//1) == [8, 9, 10]
    assert Enum.reverse_slice([1, 2, 3, 4, 5], 1, 3) == [1, 4, 3, 2, 5]
    assert Enum.find_value([1, 2, 3], fn x -> if x > 1, do: x * 10 end) == 20
    assert Enum.into(%{a: 1}, [], fn {k, v} -> {v, k} end) == [{1, :a}]
    assert Enum.sum_by([%{n: 1}, %{n: 2}], & &1.n) == 3
  end
end
