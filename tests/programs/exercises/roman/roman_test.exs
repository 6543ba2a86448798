ExUnit.start(trace: true, seed: 0)
defmodule RomanTest do
  use ExUnit.Case
  for {n, r} <- %{1 => "I", 27 => "XXVII", 48 => "XLVIII", 3999 => "MMMCMXCIX", 3888 => "MMMDCCCLXXXVIII"} do
    test "#{n} is #{r}", do: assert(Roman.numeral(unquote(n)) == unquote(r))
  end
  test "raises", do: assert_raise(ArgumentError, "out of range: 4000", fn -> Roman.numeral(4000) end)
  test "raises by regex", do: assert_raise(ArgumentError, ~r/range: -?\d+$/, fn -> Roman.numeral(-1) end)
end
