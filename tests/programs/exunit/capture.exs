# ExUnit: capture_io, capture_log, with_io, start_supervised, tmp values, setup chains.
ExUnit.start(seed: 0, max_cases: 1, colors: [enabled: false])

defmodule CounterServer do
  use GenServer
  require Logger
  def start_link(n), do: GenServer.start_link(__MODULE__, n, name: __MODULE__)
  def init(n), do: {:ok, n}
  def handle_call(:inc, _, n) do
    Logger.info("now #{n + 1}")
    {:reply, n + 1, n + 1}
  end
end

defmodule CaptureTest do
  use ExUnit.Case, async: false
  import ExUnit.CaptureIO
  import ExUnit.CaptureLog
  require Logger

  setup :first
  setup [:second, :third]
  defp first(_), do: [order: [1]]
  defp second(c), do: %{order: [2 | c.order]}
  defp third(c), do: {:ok, order: [3 | c.order]}

  test "chain of setups", %{order: order}, do: assert(order == [3, 2, 1])

  test "stdout" do
    assert capture_io(fn -> IO.puts("hi") end) == "hi\n"
    assert capture_io(:stderr, fn -> IO.puts(:stderr, "err") end) == "err\n"
    assert capture_io("line one\nline two\n", fn -> IO.write(String.upcase(IO.gets("? "))) end) == "? LINE ONE\n"
    assert with_io(fn -> IO.write("x"); 42 end) == {42, "x"}
    assert capture_io([input: "pw", capture_prompt: false], fn -> IO.write(IO.gets("p> ")) end) == "pw"
  end

  test "log" do
    log = capture_log(fn -> Logger.error("bad thing"); Logger.debug("detail") end)
    assert log =~ "[error] bad thing"
    assert log =~ "detail"
    assert {7, text} = with_log(fn -> Logger.warning("w"); 7 end)
    assert text =~ "[warning] w"
    assert capture_log([level: :error], fn -> Logger.info("hidden") end) == ""
  end

  @tag :capture_log
  test "tagged log is silent" do
    Logger.error("never seen")
  end

  test "start_supervised" do
    pid = start_supervised!({CounterServer, 5})
    assert capture_log(fn -> assert GenServer.call(CounterServer, :inc) == 6 end) =~ "now 6"
    assert Process.alive?(pid)
    assert :ok = stop_supervised(CounterServer)
    refute Process.alive?(pid)
    assert {:ok, _} = start_supervised({Agent, fn -> 1 end})
    assert {:error, {:already_started, _}} = start_supervised({Agent, fn -> 1 end})
  end

  test "supervised is gone in the next test" do
    assert Process.whereis(CounterServer) == nil
  end

  @tag :tmp_dir
  test "tmp_dir", %{tmp_dir: dir} do
    File.write!(Path.join(dir, "f"), "x")
    assert File.ls!(dir) == ["f"]
    File.cd!("/")
    File.rm_rf!(Path.dirname(Path.dirname(dir)))
  end
end
