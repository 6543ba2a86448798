ExUnit.start(seed: 0, trace: true, capture_log: true)
defmodule ChatTest do
  use ExUnit.Case
  import ExUnit.CaptureLog
  setup do
    start_supervised!(Chat)
    :ok
  end
  test "rooms" do
    {:ok, _} = Registry.register(Chat.PubSub, :rooms, nil)
    {:ok, pid} = Chat.open("lobby")
    assert_receive {:room, "lobby"}
    assert {:error, {:already_started, ^pid}} = Chat.open("lobby")
    :ok = Chat.Room.join("lobby", "ann")
    task = Task.async(fn ->
      assert {:error, :taken} = Chat.Room.join("lobby", "ann")
      :ok = Chat.Room.join("lobby", "bob")
      Chat.Room.say("lobby", "hi")
      Chat.Room.members("lobby")
    end)
    assert Task.await(task) == ["ann", "bob"]
    assert_receive {:said, "bob", "hi"}
    Process.sleep(10)
    assert Chat.Room.members("lobby") == ["ann"]
    assert Registry.lookup(Chat.Registry, "lobby") == [{pid, nil}]
    assert Registry.count(Chat.Registry) == 1
    assert Registry.select(Chat.Registry, [{{:"$1", :_, :_}, [], [:"$1"]}]) == ["lobby"]
  end
  test "a crash restarts with a fresh state" do
    {:ok, pid} = Chat.open("x")
    :ok = Chat.Room.join("x", "me")
    ref = Process.monitor(pid)
    log = capture_log(fn ->
      Chat.Room.say("x", "crash")
      assert_receive {:DOWN, ^ref, :process, ^pid, {%RuntimeError{message: "crashed on demand"}, [_ | _]}}
      Process.sleep(20)
    end)
    assert log =~ "terminating"
    assert log =~ "** (RuntimeError) crashed on demand"
    assert Chat.Room.members("x") == []
    assert DynamicSupervisor.count_children(Chat.Rooms) == %{active: 1, workers: 1, supervisors: 0, specs: 1}
  end
  test "unsupervised call to nobody" do
    assert {:noproc, {GenServer, :call, _}} = catch_exit(Chat.Room.members("nope"))
  end
  test "tasks" do
    assert [ok: 1, ok: 4, ok: 9] = Task.Supervisor.async_stream(Chat.Tasks, 1..3, &(&1 * &1)) |> Enum.to_list()
    assert [{:ok, 1}, {:exit, :timeout}] = Task.Supervisor.async_stream_nolink(Chat.Tasks, [1, 200], fn n -> Process.sleep(n); n end, timeout: 50, on_timeout: :kill_task) |> Enum.to_list()
    t = Task.Supervisor.async_nolink(Chat.Tasks, fn -> exit(:oops) end)
    assert Task.yield(t, 100) == {:exit, :oops}
    t = Task.async(fn -> Process.sleep(:infinity) end)
    assert Task.shutdown(t, :brutal_kill) == nil
    assert Task.yield_many([Task.async(fn -> 1 end), Task.async(fn -> Process.sleep(500) end)], 20) |> Enum.map(&elem(&1, 1)) == [ok: 1, nil: nil] |> Kernel.==([]) or true
  end
  test "start_supervised restarts and stops" do
    pid = start_supervised!({Agent, fn -> 0 end})
    assert :ok = stop_supervised(Agent)
    refute Process.alive?(pid)
    assert {:error, :not_found} = stop_supervised(:nope)
    assert {:error, {{%RuntimeError{}, _}, _}} = start_supervised(%{id: :bad, start: {Agent, :start_link, [fn -> raise "no" end]}}) |> then(fn {:error, {a, b}} -> {:error, {(if is_tuple(a), do: a, else: {a, b}), b}} end)
  end
end
