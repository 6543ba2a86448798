# ExUnit: assertions of all kinds, describe, setup, tags; all pass.
ExUnit.start(seed: 0, max_cases: 2)

defmodule BasicsTest do
  use ExUnit.Case, async: true

  setup_all do
    {:ok, shared: [1, 2, 3]}
  end

  setup context do
    on_exit(fn -> send(self(), :cleaned) end)
    {:ok, name: context.test, tagged: context[:level] || 0}
  end

  test "equality", %{shared: shared} do
    assert shared == [1, 2, 3]
    refute shared == []
    assert [1 | _] = shared
    assert match?({:ok, _}, {:ok, 1})
  end

  @tag level: 5
  test "tags", %{tagged: tagged, name: name} do
    assert tagged == 5
    assert name == :"test tags"
  end

  describe "messages" do
    test "assert_receive and friends" do
      send(self(), {:hello, 1})
      assert_receive {:hello, n}
      assert n == 1
      refute_received :nothing
      Process.send_after(self(), :late, 5)
      assert_receive :late, 500
      refute_receive :never, 5
    end

    test "raises, throws, exits" do
      assert_raise ArithmeticError, fn -> 1 / Process.get(:z, 0) end
      assert_raise RuntimeError, "boom", fn -> raise "boom" end
      assert_raise ArgumentError, ~r/textual/, fn -> String.to_integer("x") end
      assert catch_throw(throw(:t)) == :t
      assert catch_exit(exit(:e)) == :e
      assert catch_error(:erlang.error(:x)) == :x
    end

    test "numbers" do
      assert_in_delta 1.0, 1.05, 0.1
      refute_in_delta 1.0, 2.0, 0.5
    end
  end

  test "not implemented yet is not run" do
    assert true
  end
end
