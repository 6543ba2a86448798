# A calculator: tokenizer by binary matching, a precedence-climbing parser, an evaluator with variables and errors.
defmodule Calc do
  def eval(text, env \\ %{}) do
    with {:ok, tokens} <- tokens(text, []),
         {:ok, ast, []} <- expr(tokens, 0) do
      {:ok, run(ast, env)}
    else
      {:ok, _, [t | _]} -> {:error, "unexpected #{inspect(t)}"}
      {:error, _} = e -> e
    end
  catch
    {:unbound, v} -> {:error, "unbound #{v}"}
  end

  defp tokens("", acc), do: {:ok, Enum.reverse(acc)}
  defp tokens(<<c, r::binary>>, acc) when c in ~c" \t", do: tokens(r, acc)
  defp tokens(<<c, r::binary>>, acc) when c in ~c"+-*/^()", do: tokens(r, [<<c>> | acc])
  defp tokens(<<c, _::binary>> = s, acc) when c in ?0..?9 do
    {n, r} = if(s =~ ~r/^\d+\.\d/, do: Float.parse(s), else: Integer.parse(s))
    tokens(r, [n | acc])
  end
  defp tokens(<<c, _::binary>> = s, acc) when c in ?a..?z do
    [name] = Regex.run(~r/^[a-z]+/, s)
    tokens(String.replace_prefix(s, name, ""), [{:var, name} | acc])
  end
  defp tokens(<<c::utf8, _::binary>>, _), do: {:error, "bad character #{<<c::utf8>>}"}

  @ops %{"+" => {1, :left, :+}, "-" => {1, :left, :-}, "*" => {2, :left, :*}, "/" => {2, :left, :/}, "^" => {3, :right, :**}}

  defp expr(tokens, min) do
    with {:ok, left, rest} <- atom(tokens), do: climb(left, rest, min)
  end

  defp climb(left, [op | rest] = all, min) when is_map_key(@ops, op) do
    {prec, assoc, fun} = @ops[op]
    if prec < min do
      {:ok, left, all}
    else
      with {:ok, right, rest} <- expr(rest, if(assoc == :left, do: prec + 1, else: prec)), do: climb({fun, left, right}, rest, min)
    end
  end
  defp climb(left, rest, _), do: {:ok, left, rest}

  defp atom(["(" | rest]) do
    case expr(rest, 0) do
      {:ok, e, [")" | rest]} -> {:ok, e, rest}
      {:ok, _, _} -> {:error, "missing )"}
      e -> e
    end
  end
  defp atom(["-" | rest]), do: with({:ok, e, rest} <- atom(rest), do: {:ok, {:-, 0, e}, rest})
  defp atom([n | rest]) when is_number(n), do: {:ok, n, rest}
  defp atom([{:var, _} = v | rest]), do: {:ok, v, rest}
  defp atom([]), do: {:error, "unexpected end"}
  defp atom([t | _]), do: {:error, "unexpected #{t}"}

  defp run({:var, v}, env), do: Map.get_lazy(env, v, fn -> throw({:unbound, v}) end)
  defp run({op, a, b}, env), do: apply(Kernel, op, [run(a, env), run(b, env)])
  defp run(n, _), do: n
end

for text <- ["1 + 2 * 3", "(1+2)*3", "2^3^2", "10 / 4 - 1.5", "-x * 2", "2 +", "(1", "1 $ 2", "y + 1", "1 2", "8-3-2"] do
  IO.puts("#{text} => #{inspect(Calc.eval(text, %{"x" => 21}))}")
end
