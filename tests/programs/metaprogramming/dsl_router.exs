# A routing language made of macros: patterns compiled into function clauses, plugs in a pipeline.
defmodule Router do
  defmacro __using__(_) do
    quote do
      import Router
      Module.register_attribute(__MODULE__, :routes, accumulate: true)
      @before_compile Router
      @scope []
    end
  end

  defmacro scope(path, do: block) do
    quote do
      old = @scope
      @scope @scope ++ Router.segments(unquote(path))
      unquote(block)
      @scope old
    end
  end

  for method <- [:get, :post] do
    defmacro unquote(method)(path, handler) do
      method = unquote(method)
      quote bind_quoted: [path: path, handler: handler, method: method], do: @routes({method, @scope ++ Router.segments(path), handler})
    end
  end

  def segments(path), do: path |> String.split("/", trim: true) |> Enum.map(fn ":" <> v -> {:param, String.to_atom(v)}; "*" <> v -> {:rest, String.to_atom(v)}; s -> s end)

  defmacro __before_compile__(env) do
    clauses =
      for {method, segments, handler} <- env.module |> Module.get_attribute(:routes) |> Enum.reverse() do
        {pattern, params} = compile(segments)
        quote do
          def route(unquote(method), unquote(pattern)), do: {unquote(handler), %{unquote_splicing(params)}}
        end
      end
    quote do
      unquote_splicing(clauses)
      def route(_, _), do: {:not_found, %{}}
      def routes, do: unquote(Macro.escape(Enum.reverse(Module.get_attribute(env.module, :routes))))
    end
  end

  defp compile(segments) do
    params = for {_, v} <- segments, do: {v, Macro.var(v, nil)}
    {Enum.reduce(Enum.reverse(segments), [], fn
      {:rest, v}, _ -> Macro.var(v, nil)
      {:param, v}, acc -> [{:|, [], [Macro.var(v, nil), acc]}]
      s, acc -> [{:|, [], [s, acc]}]
    end), params}
  end
end

defmodule Site do
  use Router
  get "/", :home
  get "/users/:id", :user
  scope "/api" do
    get "/items", :items
    post "/items/:id/tags/:tag", :add_tag
    scope "/v2", do: get("/files/*path", :files)
  end
end

for {m, path} <- [get: "/", get: "/users/7", get: "/api/items", post: "/api/items/3/tags/red", get: "/api/v2/files/a/b/c", post: "/", get: "/nope"] do
  IO.inspect({m, path, Site.route(m, String.split(path, "/", trim: true))})
end
IO.inspect(length(Site.routes()))
