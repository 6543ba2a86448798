ExUnit.start(seed: 0, max_cases: 1)
ExUnit.configure(exclude: :pending, trace: true)
defmodule BracketPushTest do
  use ExUnit.Case
  test "paired", do: assert BracketPush.check_brackets("{what is (42)} [the ünïcode ✓]?")
  test "unpaired", do: refute BracketPush.check_brackets("([{])")
  test "refute fails", do: refute BracketPush.check_brackets("[]")
  test "assert fails with values" do
    s = "[(]"
    assert BracketPush.check_brackets(s)
  end
end
