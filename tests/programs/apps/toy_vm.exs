# A compiler from expressions to stack code and a virtual machine with functions, jumps and a tracer.
defmodule Compiler do
  def program(functions) do
    {code, _} = Enum.reduce(functions, {%{}, 0}, fn {name, params, body}, {acc, _} -> {Map.put(acc, name, {length(params), stmts(body, params)}), 0} end)
    code
  end
  defp stmts(body, env), do: List.flatten(Enum.map(body, &expr(&1, env)) ++ [:ret])
  defp expr(n, _) when is_integer(n), do: [{:push, n}]
  defp expr(v, env) when is_atom(v), do: [{:load, Enum.find_index(env, &(&1 == v)) || raise("unknown #{v}")}]
  defp expr({:if, c, t, e}, env) do
    {c, t, e} = {List.flatten(expr(c, env)), List.flatten(expr(t, env)), List.flatten(expr(e, env))}
    c ++ [{:jz, length(t) + 2}] ++ t ++ [{:jmp, length(e) + 1}] ++ e
  end
  defp expr({op, a, b}, env) when op in [:+, :-, :*, :<, :==], do: [expr(a, env), expr(b, env), {:op, op}]
  defp expr({:call, f, args}, env), do: [Enum.map(args, &expr(&1, env)), {:call, f, length(args)}]
end

defmodule Vm do
  def run(code, f, args), do: loop(code, fetch(code, f), 0, args, [], [], 0)
  defp fetch(code, f), do: code |> Map.fetch!(f) |> elem(1) |> List.to_tuple()
  defp loop(code, now, pc, env, stack, frames, steps) do
    next = fn stack -> loop(code, now, pc + 1, env, stack, frames, steps + 1) end
    case elem(now, pc) do
      {:push, n} -> next.([n | stack])
      {:load, i} -> next.([Enum.at(env, i) | stack])
      {:op, op} -> ([b, a | s] = stack; next.([calc(op, a, b) | s]))
      {:jz, n} -> ([c | s] = stack; loop(code, now, if(c == 0, do: pc + n, else: pc + 1), env, s, frames, steps + 1))
      {:jmp, n} -> loop(code, now, pc + n, env, stack, frames, steps + 1)
      {:call, f, n} ->
        {args, s} = Enum.split(stack, n)
        loop(code, fetch(code, f), 0, Enum.reverse(args), [], [{now, pc + 1, env, s} | frames], steps + 1)
      :ret ->
        case frames do
          [] -> {hd(stack), steps}
          [{now, pc, env, s} | rest] -> loop(code, now, pc, env, [hd(stack) | s], rest, steps + 1)
        end
    end
  end
  defp calc(:<, a, b), do: if(a < b, do: 1, else: 0)
  defp calc(:==, a, b), do: if(a == b, do: 1, else: 0)
  defp calc(op, a, b), do: apply(Kernel, op, [a, b])
end

code = Compiler.program([
  {:fib, [:n], [{:if, {:<, :n, 2}, :n, {:+, {:call, :fib, [{:-, :n, 1}]}, {:call, :fib, [{:-, :n, 2}]}}}]},
  {:fact, [:n, :acc], [{:if, {:==, :n, 0}, :acc, {:call, :fact, [{:-, :n, 1}, {:*, :n, :acc}]}}]},
  {:main, [], [{:+, {:call, :fib, [12]}, {:call, :fact, [5, 1]}}]}
])
IO.inspect(code[:fact])
IO.inspect(Vm.run(code, :main, []))
IO.inspect(Vm.run(code, :fact, [25, 1]))
IO.inspect(try do Compiler.program([{:bad, [], [:x]}]) rescue e -> e.message end)
IO.inspect(try do Vm.run(code, :none, []) rescue e -> e.__struct__ end)
