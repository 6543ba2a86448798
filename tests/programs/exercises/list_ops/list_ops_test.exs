defmodule ListOpsTest do
  alias ListOps, as: L
  use ExUnit.Case
  defp odd?(n), do: rem(n, 2) == 1
  describe "count" do
    @tag :pending
    test "empty list", do: assert L.count([]) == 0
    @tag :pending
    test "huge list", do: assert L.count(Enum.to_list(1..200_000)) == 200_000
  end
  describe "reverse" do
    test "huge list", do: assert L.reverse(Enum.to_list(1..200_000)) == Enum.to_list(200_000..1//-1)
  end
  describe "append" do
    test "huge", do: assert L.append(Enum.to_list(1..200_000), Enum.to_list(200_001..200_005)) == Enum.to_list(1..200_005)
    test "filter", do: assert L.filter(Enum.to_list(1..10_000), &odd?/1) == Enum.map(1..5000, &(&1 * 2 - 1))
    test "concat huge of small", do: assert L.concat(Enum.map(1..20_000, &[&1])) == Enum.to_list(1..20_000)
  end
end
