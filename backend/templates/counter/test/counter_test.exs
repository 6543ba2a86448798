defmodule CounterTest do
  use ExUnit.Case, async: true

  test "it begins where it is told to and goes on from there" do
    counter = start_supervised!({Counter, first: 5})
    Counter.increment(counter)
    Counter.increment(counter, 4)
    assert Counter.value(counter) == 10
  end
end
