# ExUnit: failing tests with their reports: diffs, matches, errors, exits, flunk, timeouts; exit status 2.
ExUnit.start(seed: 0, max_cases: 1, colors: [enabled: false])

defmodule FailuresTest do
  use ExUnit.Case

  test "numbers differ" do
    assert 1 + 1 == 3
  end

  test "strings differ" do
    assert "hello world" == "hallo wurld"
  end

  test "maps differ" do
    assert %{1 => :a, 2 => [1, 2, 3], 3 => "x"} == %{1 => :a, 2 => [1, 3], 4 => "x"}
  end

  test "match fails" do
    assert {:ok, %{id: 1}} = {:error, :not_found}
  end

  test "pin in a match" do
    x = 5
    assert {^x, _} = {6, 7}
  end

  test "an error" do
    raise ArgumentError, "inside the test"
  end

  test "an exit" do
    exit(:reason)
  end

  test "a throw" do
    throw(:ball)
  end

  test "flunk" do
    flunk("not good")
  end

  test "refute" do
    refute Enum.member?([1, 2], 2)
  end

  test "message not received" do
    send(self(), {:other, 1})
    assert_receive {:wanted, _}, 5
  end

  test "message received that must not be" do
    send(self(), :bad)
    refute_receive :bad, 5
  end

  test "wrong exception" do
    assert_raise KeyError, fn -> raise "other" end
  end

  test "wrong message" do
    assert_raise RuntimeError, "this", fn -> raise "that" end
  end

  test "comparison" do
    assert 3 < 2
  end

  test "call with arguments" do
    assert Enum.all?([1, nil, 2])
  end

  test "with own message" do
    assert false, "own message"
  end

  @tag timeout: 30
  test "timeout" do
    Process.sleep(:infinity)
  end

  test "linked process dies" do
    Logger.configure(level: :none)
    spawn_link(fn -> exit(:linked) end)
    Process.sleep(100)
  end

  test "passes" do
    assert true
  end
end
