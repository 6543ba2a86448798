# EEx: eval_string, assigns, conditions, loops, comments, trim, function_from_string, a custom engine, errors.
IO.puts(EEx.eval_string("Hello <%= name %>, <%= 1 + 2 %>", name: "Ann"))
page = """
<%# a comment %>
<h1><%= @title %></h1>
<%= if @items == [] do %>
none
<% else %>
<ul>
<%= for {item, i} <- Enum.with_index(@items) do %>  <li><%= i %>: <%= item %></li>
<% end %></ul>
<% end %>
<%% literal %>
"""
IO.puts(EEx.eval_string(page, [assigns: [title: "List", items: ~w(a b)]], trim: false))
IO.puts(EEx.eval_string(page, [assigns: [title: "Empty", items: []]], trim: true))

defmodule View do
  require EEx
  EEx.function_from_string(:def, :row, "<td><%= a %></td><td><%= String.upcase(b) %></td>", [:a, :b])
end

IO.puts(View.row(1, "x"))

defmodule Escaping do
  @behaviour EEx.Engine
  defdelegate init(o), to: EEx.Engine
  defdelegate handle_begin(s), to: EEx.Engine
  defdelegate handle_end(s), to: EEx.Engine
  defdelegate handle_body(s), to: EEx.Engine
  defdelegate handle_text(s, m, t), to: EEx.Engine
  def handle_expr(state, "=", expr), do: EEx.Engine.handle_expr(state, "=", quote(do: Escaping.escape(unquote(expr))))
  def handle_expr(state, marker, expr), do: EEx.Engine.handle_expr(state, marker, expr)
  def escape(x), do: x |> to_string() |> String.replace("<", "&lt;")
end

IO.puts(EEx.eval_string("safe: <%= x %>", [x: "<b>"], engine: Escaping))

for bad <- ["<%= if true do %>", "<% end %>", "<%= 1 +", "a <%= undefined_thing %>"] do
  try do
    IO.puts(EEx.eval_string(bad))
  rescue
    e -> IO.puts("#{inspect(e.__struct__)} #{Exception.message(e) |> String.split("\n") |> hd()}")
  end
end
IO.inspect(EEx.tokenize("a <%= b %>") |> elem(1) |> Enum.map(&elem(&1, 0)))
