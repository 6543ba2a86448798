ExUnit.start(seed: 0, trace: true)
defmodule GreeterTest do
  use ExUnit.Case
  import ExUnit.CaptureIO
  import ExUnit.CaptureLog
  require Logger
  test "asks", do: assert capture_io("Ada\n36\n", &Greeter.run/0) == "What is your name? Age? Hello, Ada (36)\n"
  test "no prompt", do: assert capture_io([input: "Bob\n3", capture_prompt: false], &Greeter.run/0) == "Hi Bob\n"
  test "stderr", do: assert capture_io(:stderr, fn -> capture_io("X\nold\n", &Greeter.run/0) end) == "no age: :error\n"
  test "eof", do: assert_raise(FunctionClauseError, fn -> capture_io("", &Greeter.run/0) end)
  test "with_io" do
    {r, out} = with_io(fn -> IO.write("a"); 42 end)
    assert {r, out} == {42, "a"}
  end
  test "table" do
    assert capture_io(fn -> Greeter.table([["a", 1], ["ünïcö", 1234]]) end) == "a     | 1   \nünïcö | 1234\n"
  end
  test "log" do
    {r, log} = with_log(fn -> Logger.warning("careful #{1 + 1}", a: 1); :r end)
    assert r == :r
    assert log =~ "careful 2"
    assert log =~ "[warning]"
    assert capture_log([level: :error], fn -> Logger.info("x") end) == ""
  end
  @tag :capture_log
  test "quiet", do: Logger.error("nobody sees this")
  test "prints before failing" do
    assert capture_io(fn -> IO.puts("x") end) == "y"
  end
  test "StringIO" do
    {:ok, io} = StringIO.open("a\nb\nc")
    assert IO.read(io, :line) == "a\n"
    assert IO.read(io, 1) == "b"
    IO.write(io, "out")
    assert StringIO.contents(io) == {"\nc", "out"}
    assert IO.stream(io, :line) |> Enum.to_list() == ["\n", "c"]
    assert {:ok, {"", "out"}} = StringIO.close(io)
  end
end
