ExUnit.start(trace: true, seed: 0)
defmodule DominoesTest do
  use ExUnit.Case, async: true
  for {name, stones, expected} <- [{"empty", [], true}, {"singleton that can", [{1, 1}], true}, {"singleton that cannot", [{1, 2}], false},
        {"three", [{1, 2}, {3, 1}, {2, 3}], true}, {"disconnected", [{1, 1}, {2, 2}], false}, {"nine", [{1, 2}, {5, 3}, {3, 1}, {1, 2}, {2, 4}, {1, 6}, {2, 3}, {3, 4}, {5, 6}], true}] do
    @stones Macro.escape(stones)
    test "#{name} #{inspect(stones)}" do
      assert Dominoes.chain?(unquote(@stones)) == unquote(expected)
    end
  end
end
