# Stack traces as data and as text: `__STACKTRACE__`, `Exception.format`, `Process.info(:current_stacktrace)`.
defmodule Trace do
  def a(x), do: [b(x)]
  def b(x), do: [c(x, 2)]
  def c(x, y), do: x / y + d(y)
  defp d(2), do: raise("in d")
  def caught do
    a(1)
  rescue
    e -> {e, for({m, f, arity, loc} <- __STACKTRACE__, m == __MODULE__, do: {f, arity, loc[:line]})}
  end
  def here, do: Process.info(self(), :current_stacktrace) |> elem(1) |> Enum.map(fn {m, f, a, _} -> {m, f, a} end) |> Enum.take(3)
  def anonymous, do: Enum.map([1], fn _ -> raise "in fn" end)
  def text do
    anonymous()
  rescue
    e -> Exception.format(:error, e, __STACKTRACE__) |> String.split("\n") |> Enum.take(4)
  end
end

IO.inspect(Trace.caught())
IO.inspect(Trace.here())
Enum.each(Trace.text(), &IO.puts/1)
IO.puts(Exception.format_stacktrace_entry({Trace, :a, 1, [file: ~c"x.exs", line: 3]}))
IO.puts(Exception.format_mfa(Foo, :bar, [1, "two"]))
IO.puts(Exception.format_fa(fn -> 1 end, 0) |> String.replace(~r/<.*>/, "<>"))
IO.puts(Exception.format_file_line("f.ex", 5))
