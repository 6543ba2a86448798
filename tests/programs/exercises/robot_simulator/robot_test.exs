ExUnit.start(seed: 0, max_cases: 1)
ExUnit.configure(exclude: :pending, trace: true)
defmodule RobotSimulatorTest do
  use ExUnit.Case
  test "create", do: assert RobotSimulator.create() == %RobotSimulator{}
  test "errors" do
    assert {:error, "invalid direction"} = RobotSimulator.create(:invalid, {0, 0})
    for p <- [{0, 0, 0}, {:a, :b}, {"c", "d"}, "invalid", 1, [0, 0], nil], do: assert RobotSimulator.create(:north, p) == {:error, "invalid position"}
    assert RobotSimulator.create() |> RobotSimulator.simulate("UUDD") == {:error, "invalid instruction"}
  end
  test "simulate" do
    r = RobotSimulator.create(:north, {7, 3}) |> RobotSimulator.simulate("RAALAL")
    assert %{direction: :west, position: {9, 4}} = r
    assert %{direction: :east, position: {x, _}} = r
    _ = x
  end
  test "match failure with pins" do
    expected = :south
    assert %{direction: ^expected} = RobotSimulator.create()
  end
end
