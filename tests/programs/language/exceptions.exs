# `try/rescue/catch/else/after`, exceptions of one's own, `reraise`, `throw`, `exit`, and nested handlers.
defmodule Shop.OutOfStock do
  defexception [:item, :left, message: "out of stock"]

  @impl true
  def exception(opts) do
    item = Keyword.fetch!(opts, :item)
    %__MODULE__{item: item, left: opts[:left] || 0, message: "only #{opts[:left] || 0} of #{item}"}
  end
end

defmodule Shop.Plain do
  defexception message: "plain default"
end

defmodule Try do
  def run(fun) do
    try do
      fun.()
    rescue
      e in [ArithmeticError, ArgumentError] -> {:math, Exception.message(e)}
      e in Shop.OutOfStock -> {:stock, e.item, e.left, Exception.message(e)}
      KeyError -> :key
      e -> {:other, e.__struct__, Exception.message(e)}
    catch
      :throw, v -> {:thrown, v}
      :exit, v -> {:exited, v}
      :error, v -> {:erlang, v}
    else
      v when is_integer(v) -> {:ok, v}
      v -> {:odd, v}
    after
      IO.write("after; ")
    end
  end
end

[
  fn -> 42 end,
  fn -> :not_integer end,
  fn -> 1 / Process.get(:zero, 0) end,
  fn -> raise "text" end,
  fn -> raise Shop.OutOfStock, item: "pear", left: 2 end,
  fn -> raise Shop.Plain end,
  fn -> raise Shop.Plain, message: "given" end,
  fn -> Map.fetch!(%{}, :k) end,
  fn -> throw({:value, 1}) end,
  fn -> exit(:bye) end,
  fn -> :erlang.error({:custom, 1}) end,
  fn -> String.to_integer("x1") end,
  fn -> hd(Process.get(:l, [])) end,
  fn -> %{a: 1}[:a].b end,
  fn -> apply(Nope, :nope, [1]) end,
  fn -> apply(String, :nope, []) end,
  fn -> Enum.fetch!([1], 5) end,
  fn -> struct!(URI, nope: 1) end,
  fn -> Integer.parse(5) end
]
|> Enum.each(&IO.inspect(Try.run(&1)))

try do
  try do
    raise "inner"
  rescue
    e -> reraise %{e | message: e.message <> " and outer"}, __STACKTRACE__
  end
rescue
  e -> IO.puts("#{inspect(e)} #{length(__STACKTRACE__) > 0}")
end

value =
  try do
    throw(:quick)
  catch
    :quick -> :caught
  end

IO.inspect(value)

f = fn ->
  try do
    try do
      exit({:shutdown, 1})
    after
      IO.puts("cleanup")
    end
  catch
    kind, reason -> {kind, reason}
  end
end

IO.inspect(f.())
IO.puts(Exception.format(:error, %RuntimeError{message: "formatted"}, []))
IO.puts(Exception.format_banner(:exit, {:noproc, {GenServer, :call, [:x, :y, 5000]}}))
IO.puts(Exception.format_exit({:timeout, {GenServer, :call, [:server, :slow, 100]}}))
IO.inspect(Exception.blame(:error, %ArgumentError{message: "m"}, []))
IO.inspect(Exception.normalize(:error, :badarith))
IO.puts(Exception.message(Exception.normalize(:error, {:badmap, 5})))
