ExUnit.start(seed: 0, max_cases: 1)
ExUnit.configure(trace: true, exclude: [:pending])
defmodule RPNCalculatorTest do
  use ExUnit.Case
  alias RPNCalculator.{DivisionByZeroError, StackUnderflowError}
  @tag task_id: 1
  test "calculate! returns", do: assert(RPNCalculator.calculate!([4, 8], &RPNCalculator.divide/1) == 2)
  test "errors" do
    assert_raise DivisionByZeroError, fn -> RPNCalculator.divide([0, 2]) end
    assert_raise StackUnderflowError, "stack underflow occurred, context: when dividing", fn -> RPNCalculator.divide([]) end
    assert RPNCalculator.calculate([], fn _ -> raise "test error" end) == {:error, "test error"}
    assert {:error, ArgumentError, "x"} = RPNCalculator.calculate_verbose([], fn _ -> raise ArgumentError, "x" end)
    assert_received :done
    assert {:error, %ArithmeticError{message: m}} = RPNCalculator.calculate_verbose([], fn _ -> 1 / length([]) end)
    assert m == "bad argument in arithmetic expression"
    refute_received :other
  end
  test "wrong exception type" do
    assert_raise ArgumentError, fn -> raise KeyError, key: :a, term: %{b: 1} end
  end
  test "wrong message" do
    assert_raise RuntimeError, "hello", fn -> raise "bye" end
  end
  test "nothing raised" do
    assert_raise RuntimeError, fn -> :ok end
  end
  test "catches" do
    assert catch_exit(exit(:reason)) == :reason
    assert catch_throw(throw({:a, 1})) == {:a, 1}
    assert catch_error(:erlang.error(:badarg)) == :badarg
  end
  test "flunks", do: flunk("this is why")
  test "in_delta" do
    assert_in_delta 1.0, 1.05, 0.1
    refute_in_delta 1.0, 1.2, 0.1
    assert_in_delta 10, 11, 0.5
  end
end
