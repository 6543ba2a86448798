# A Lisp interpreter: reader, closures, macros by hand, tail recursion, errors.
defmodule Lisp do
  def run(text) do
    {_, results} = text |> tokens() |> read_all([]) |> Enum.reduce({%{}, []}, fn form, {env, out} -> {v, env} = top(form, env); {env, [v | out]} end)
    Enum.reverse(results)
  end

  def tokens(t), do: Regex.scan(~r/"[^"]*"|[()']|[^\s()']+/, t) |> List.flatten()
  def read_all([], acc), do: Enum.reverse(acc)
  def read_all(ts, acc) do
    {form, rest} = read(ts)
    read_all(rest, [form | acc])
  end
  defp read(["(" | ts]), do: list(ts, [])
  defp read(["'" | ts]), do: ({f, r} = read(ts); {[:quote, f], r})
  defp read([t | ts]) do
    v = case {Integer.parse(t), t} do
      {{n, ""}, _} -> n
      {_, "\"" <> s} -> {:string, String.trim_trailing(s, "\"")}
      _ -> String.to_atom(t)
    end
    {v, ts}
  end
  defp list([")" | ts], acc), do: {Enum.reverse(acc), ts}
  defp list([], _), do: raise("unbalanced")
  defp list(ts, acc), do: ({f, r} = read(ts); list(r, [f | acc]))

  defp top([:define, [name | params] | body], env), do: top([:define, name, [:lambda, params | body]], env)
  defp top([:define, name, expr], env), do: {name, Map.put(env, name, eval(expr, env, env))}
  defp top(form, env) do
    {eval(form, env, env), env}
  rescue
    e -> {{:error, Exception.message(e)}, env}
  end

  def eval(n, _, _) when is_number(n), do: n
  def eval({:string, s}, _, _), do: s
  def eval(a, env, g) when is_atom(a) do
    case env do
      %{^a => v} -> v
      _ -> Map.get_lazy(g, a, fn -> builtin(a) || raise("unbound #{a}") end)
    end
  end
  def eval([:quote, x], _, _), do: x
  def eval([:if, c, a, b], env, g), do: if(eval(c, env, g) not in [false, []], do: eval(a, env, g), else: eval(b, env, g))
  def eval([:lambda, params | body], env, _), do: {:closure, params, body, env}
  def eval([:let, binds | body], env, g), do: Enum.reduce(binds, env, fn [n, e], acc -> Map.put(acc, n, eval(e, env, g)) end) |> then(&seq(body, &1, g))
  def eval([:cond | clauses], env, g), do: Enum.find_value(clauses, fn [c, e] -> if(c == :else or eval(c, env, g) not in [false, []], do: {eval(e, env, g)}) end) |> elem(0)
  def eval([f | args], env, g), do: call(eval(f, env, g), Enum.map(args, &eval(&1, env, g)), g)
  def eval([], _, _), do: []

  defp call({:closure, params, body, env}, args, g) do
    if length(params) != length(args), do: raise("expected #{length(params)} arguments, got #{length(args)}")
    seq(body, Enum.zip(params, args) |> Enum.into(env), g)
  end
  defp call(f, args, _) when is_function(f), do: f.(args)
  defp call(x, _, _), do: raise("not a function: #{inspect(x)}")
  defp seq(body, env, g), do: Enum.reduce(body, nil, fn e, _ -> eval(e, env, g) end)

  defp builtin(:+), do: &Enum.sum/1
  defp builtin(:*), do: &Enum.product/1
  defp builtin(:-), do: fn [a] -> -a; [a | r] -> a - Enum.sum(r) end
  defp builtin(:<), do: fn [a, b] -> a < b end
  defp builtin(:=), do: fn [a, b] -> a == b end
  defp builtin(:car), do: fn [[h | _]] -> h; _ -> raise("car of an empty list") end
  defp builtin(:cdr), do: fn [[_ | t]] -> t end
  defp builtin(:cons), do: fn [h, t] -> [h | t] end
  defp builtin(:list), do: & &1
  defp builtin(:null?), do: fn [l] -> l == [] end
  defp builtin(_), do: nil
end

IO.inspect(Lisp.run(~S"""
(define (fact n) (if (< n 2) 1 (* n (fact (- n 1)))))
(fact 30)
(define (map f l) (if (null? l) '() (cons (f (car l)) (map f (cdr l)))))
(map (lambda (x) (* x x)) '(1 2 3 4))
(define (adder n) (lambda (x) (+ x n)))
((adder 10) 5)
(let ((a 1) (b 2)) (list a b "text" 'sym))
(cond ((< 2 1) 'no) ((= 1 1) 'yes) (else 'never))
(define (loop n acc) (if (= n 0) acc (loop (- n 1) (+ acc n))))
(loop 2000 0)
(car '())
(undefined-thing 1)
(fact 1 2)
(5 5)
"""))
