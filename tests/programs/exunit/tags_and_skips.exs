# ExUnit: include, exclude, skip, skipped modules, failing setup_all, formatter output with `trace: false`.
ExUnit.start(seed: 0, max_cases: 1, colors: [enabled: false], exclude: [:slow, db: "pg"], include: [:wanted])

defmodule TagsTest do
  use ExUnit.Case
  @moduletag area: :tags

  @tag :slow
  test "excluded", do: flunk("no")

  @tag slow: true, wanted: true
  test "excluded but included", do: assert(true)

  @tag skip: "not now"
  test "skipped", do: flunk("no")

  @tag db: "pg"
  test "excluded by value", do: flunk("no")

  @tag db: "mysql"
  test "other value", c do
    assert c.area == :tags
    assert c.module == __MODULE__
    assert c.describe == nil
  end

  describe "group" do
    @describetag :slow
    test "whole group excluded", do: flunk("no")
  end

  test "not implemented"
end

defmodule BrokenSetupTest do
  use ExUnit.Case
  setup_all do
    raise "no database"
  end
  test "one", do: assert(true)
  test "two", do: assert(true)
end

defmodule FailingExitTest do
  use ExUnit.Case
  test "on_exit fails" do
    on_exit(fn -> raise "in on_exit" end)
  end
  @tag capture_log: true
  test "logs are shown with a failure" do
    require Logger
    Logger.error("remember me")
    assert 1 == 2
  end
end
