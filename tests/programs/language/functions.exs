# Anonymous functions, captures, closures, recursion, `Function`, arity, and pipes.
defmodule Compose do
  def compose(fs), do: fn x -> Enum.reduce(fs, x, fn f, acc -> f.(acc) end) end
  def curry(f) when is_function(f, 2), do: fn a -> fn b -> f.(a, b) end end

  def fix(f), do: (fn x -> x.(x) end).(fn x -> f.(fn y -> x.(x).(y) end) end)
end

inc = &(&1 + 1)
double = &(&1 * 2)
IO.inspect(Compose.compose([inc, double, &Integer.to_string/1]).(4))
IO.inspect(Compose.curry(&-/2).(10).(3))
factorial = Compose.fix(fn self -> fn 0 -> 1; n -> n * self.(n - 1) end end)
IO.inspect(factorial.(20))
IO.inspect(is_function(inc, 1))
IO.inspect(Function.info(&String.upcase/1, :arity))
IO.inspect(Function.info(&String.upcase/1, :type))
IO.inspect(&Enum.map/2)
counter = for i <- 1..3, do: fn -> i * 100 end
IO.inspect(Enum.map(counter, & &1.()))
1..5 |> Enum.map(&{&1, &1 ** 2}) |> Map.new() |> IO.inspect()
"a b c" |> String.split() |> then(fn l -> length(l) end) |> tap(&IO.puts("length #{&1}")) |> IO.inspect()
IO.inspect(apply(Kernel, :max, [3, 9]))
IO.inspect(Enum.map([1, 2], &[&1 | [:t]]))

try do
  inc.(1, 2)
rescue
  e in BadArityError -> IO.puts(Exception.message(e) |> String.replace(~r/#Function<[^>]*>/, "F"))
end

try do
  Process.get(:not_a_function, 5).()
rescue
  e in BadFunctionError -> IO.puts(Exception.message(e))
end
