# Twenty tests of ExUnit.
ExUnit.start(seed: 0)

defmodule SuiteTest do
  use ExUnit.Case, async: true

  for n <- 1..20 do
    test "sum of the numbers to #{n}" do
      assert Enum.sum(1..unquote(n)) == div(unquote(n) * (unquote(n) + 1), 2)
    end
  end
end
