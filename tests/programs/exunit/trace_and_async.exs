# ExUnit: many async modules, `Application.ensure`, tests made by macros, case templates, ExUnit.run by hand with a formatter.
defmodule Quiet do
  use GenServer
  def init(_), do: {:ok, []}
  def handle_cast({:test_finished, t}, s), do: {:noreply, [{t.module, t.name, if(t.state == nil, do: :ok, else: elem(t.state, 0))} | s]}
  def handle_cast({:suite_finished, times}, s) do
    s |> Enum.sort() |> Enum.each(&IO.inspect/1)
    IO.inspect(Enum.sort(Map.keys(times)))
    {:noreply, s}
  end
  def handle_cast(_, s), do: {:noreply, s}
end

ExUnit.start(seed: 0, autorun: false, formatters: [Quiet])

defmodule Template do
  use ExUnit.CaseTemplate
  using opts do
    quote do
      @opts unquote(opts)
      def helper, do: {:helper, @opts}
    end
  end
  setup tags, do: {:ok, from_template: tags.test}
end

for i <- 1..4 do
  defmodule Module.concat(Gen, "T#{i}Test") do
    use Template, async: true, number: i
    for n <- 1..3 do
      test "case #{n}", %{from_template: t} do
        assert t == :"test case #{unquote(n)}"
        assert {:helper, [async: true, number: unquote(i)]} = helper()
        assert unquote(n) * unquote(i) != 12
      end
    end
  end
end

IO.inspect(ExUnit.run() |> Enum.sort())
