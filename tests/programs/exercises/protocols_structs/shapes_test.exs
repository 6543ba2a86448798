ExUnit.start(seed: 0, trace: true)
defmodule ShapesTest do
  use ExUnit.Case
  test "dispatch" do
    assert Enum.map([%Circle{r: 1}, %Square{side: 3}, [1, 2], {1}, 5], &Shape.area/1) == [3.14, 9, 2, 1, 0]
    assert Enum.map([%Circle{r: 1}, %Square{side: 3}, [1], {1}, :x], &Shape.name/1) == ["circle", "derived Square 3 []", "List", "Tuple", "any :x"]
    assert inspect(%Square{secret: 1}) == "#Square<side: 1, ...>"
    assert inspect(%Circle{r: 2}) == "%Circle{r: 2, colour: \"red\"}"
    assert Enum.sum(%Square{side: 4}) == 10
    assert Enum.take(%Square{side: 4}, 2) == [1, 2]
    assert Enum.zip(%Square{side: 2}, [:a, :b]) == [{1, :a}, {2, :b}]
    assert Enum.into([1, 2], %Square{side: 0}).side == 3
    assert (for x <- [4, 5], into: %Square{side: 1}, do: x).side == 10
    assert Shape.impl_for(1) == Shape.Any
    assert Shape.impl_for(%Circle{r: 1}) == Shape.Circle
    assert Shape.__protocol__(:functions) == [area: 1, name: 1]
    assert_raise Protocol.UndefinedError, ~r/protocol Enumerable not implemented for type Integer/, fn -> Enum.map(1, & &1) end
    assert_raise ArgumentError, "the following keys must also be given when building struct Circle: [:r]", fn -> struct!(Circle, []) end
    assert_raise KeyError, fn -> struct!(Circle, r: 1, x: 2) end
    assert_raise KeyError, ~r/key :nope not found in: %Circle\{r: 1, colour: "red"\}/, fn -> %Circle{r: 1}.nope end
    assert %{%Circle{r: 1} | r: 2}.r == 2
    assert match?(%_{r: 1}, %Circle{r: 1})
    assert is_struct(%Circle{r: 1}, Circle) and is_map(%Circle{r: 1})
    assert Map.from_struct(%Circle{r: 1}) == %{r: 1, colour: "red"}
  end
  test "undefined protocol message", do: String.Chars.to_string(%Circle{r: 1})
  test "diff of structs", do: assert %Circle{r: 1, colour: "blue"} == %Circle{r: 1}
end
