ExUnit.start(seed: 0, max_cases: 1)
defmodule ClockTest do
  use ExUnit.Case
  defp assert_prints(l, r), do: assert(to_string(l) == to_string(r))
  describe "new" do
    test "on the hour", do: Clock.new(8, 0) |> assert_prints("08:00")
    test "midnight", do: Clock.new(24, 0) |> assert_prints("00:00")
    test "negative", do: Clock.new(-121, -5810) |> assert_prints("22:10")
  end
  describe "add" do
    test "to next day", do: Clock.new(23, 59) |> Clock.add(2) |> assert_prints("00:01")
    test "wrong on purpose", do: Clock.new(23, 59) |> Clock.add(2) |> assert_prints("00:02")
    test "struct diff", do: assert Clock.new(1, 2) == Clock.new(1, 3)
  end
end
