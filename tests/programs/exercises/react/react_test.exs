ExUnit.start(seed: 0, trace: true, assert_receive_timeout: 200)
defmodule ReactTest do
  use ExUnit.Case
  defp send_callback(name, value), do: send(:test, {:callback, name, value})
  setup do
    Process.register(self(), :test)
    :ok
  end
  test "compute and callbacks" do
    {:ok, cells} = React.new([{:input, "input", 1}, {:output, "plus", ["input"], &(&1 + 1)}, {:output, "times", ["input", "plus"], &(&1 * &2)}])
    assert React.get_value(cells, "times") == 2
    test = self()
    React.add_callback(cells, "times", "cb", fn n, v -> send(test, {:callback, n, v}) end)
    React.set_value(cells, "input", 3)
    assert_receive {:callback, "cb", 12}
    React.remove_callback(cells, "times", "cb")
    React.set_value(cells, "input", 4)
    refute_receive {:callback, _, _}, 50
    React.add_callback(cells, "times", "cb2", &send_callback/2)
    React.set_value(cells, "input", 5)
    assert_receive {:callback, "cb2", 30}
  end
  test "missing message shows the mailbox" do
    send(self(), {:other, 1})
    send(self(), :more)
    assert_receive {:callback, "a", _}, 10
  end
  test "unexpected message" do
    send(self(), :unwanted)
    refute_received :unwanted
  end
end
