defmodule Router do
  defmacro __using__(opts) do
    quote do
      import Router, only: [get: 2, scope: 2]
      Module.register_attribute(__MODULE__, :routes, accumulate: true)
      Module.put_attribute(__MODULE__, :prefix, unquote(opts[:prefix] || ""))
      @before_compile Router
      @after_compile {Router, :compiled}
      @on_definition {Router, :defined}
    end
  end
  defmacro scope(path, do: block) do
    quote do
      old = @prefix
      @prefix old <> unquote(path)
      unquote(block)
      @prefix old
    end
  end
  defmacro get(path, handler) do
    quote bind_quoted: [path: path, handler: Macro.escape(handler, unquote: true)] do
      @routes {@prefix <> path, handler}
    end
  end
  defmacro __before_compile__(env) do
    routes = Module.get_attribute(env.module, :routes) |> Enum.reverse()
    clauses = for {path, handler} <- routes do
      {pattern, vars} = parts(path)
      quote do
        def call(unquote(pattern)), do: unquote(handler).(unquote({:%{}, [], Enum.map(vars, &{&1, Macro.var(&1, __MODULE__)})}))
      end
    end
    quote do
      unquote_splicing(clauses)
      def call(_), do: {404, "not found"}
      def routes, do: unquote(Enum.map(routes, &elem(&1, 0)))
    end
  end
  defp parts(path) do
    path |> String.split("/", trim: true) |> Enum.map_reduce([], fn
      ":" <> v, acc -> v = String.to_atom(v); {Macro.var(v, __MODULE__), [v | acc]}
      s, acc -> {s, acc}
    end)
  end
  def compiled(env, _bytecode), do: send(self(), {:compiled, env.module})
  def defined(_env, _kind, _name, _args, _guards, _body), do: :ok
end
defmodule Unless2 do
  defmacro unless2(c, do: a, else: b), do: quote(do: if(!unquote(c), do: unquote(a), else: unquote(b)))
  defmacro swap(a, b), do: quote(do: {unquote(b), unquote(a)} = {unquote(a), unquote(b)})
  defmacro hygienic, do: quote(do: x = 10)
  defmacro unhygienic, do: quote(do: var!(x) = 10)
  defmacro pipeline(x, funs), do: Enum.reduce(funs, x, &Macro.pipe(&2, &1, 0))
  defmacro show(e) do
    s = Macro.to_string(e)
    quote do
      IO.puts("#{unquote(s)} = #{inspect(unquote(e))}")
    end
  end
  defguard is_even(n) when is_integer(n) and rem(n, 2) == 0
  defmacro sigil_w2(_, _), do: nil
  defmacro sigil_R2({:<<>>, _, [s]}, mods), do: {s, mods}
end
