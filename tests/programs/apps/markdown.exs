# A converter of a small Markdown to HTML.
defmodule Markdown do
  def to_html(text), do: text |> String.split(~r/\n{2,}/, trim: true) |> Enum.map_join("\n", &block(String.trim(&1)))

  defp block("```" <> rest) do
    [lang, code] = String.split(rest, "\n", parts: 2)
    ~s(<pre class="#{lang}">#{code |> String.replace_suffix("```", "") |> escape()}</pre>)
  end
  defp block("#" <> _ = line) do
    [hashes, text] = Regex.run(~r/^(#+)\s+(.*)$/, line, capture: :all_but_first)
    n = String.length(hashes)
    "<h#{n}>#{inline(text)}</h#{n}>"
  end
  defp block("- " <> _ = list), do: "<ul>\n" <> items(list, "- ") <> "</ul>"
  defp block("> " <> _ = q), do: "<blockquote>#{q |> String.split("\n") |> Enum.map_join(" ", &String.replace_prefix(&1, "> ", "")) |> inline()}</blockquote>"
  defp block(text) do
    if text =~ ~r/^\d+\. /,
      do: "<ol>\n" <> (text |> String.replace(~r/^\d+\. /m, "- ") |> items("- ")) <> "</ol>",
      else: "<p>#{inline(String.replace(text, "\n", " "))}</p>"
  end

  defp items(list, mark), do: list |> String.split("\n") |> Enum.map_join("", &"  <li>#{&1 |> String.replace_prefix(mark, "") |> inline()}</li>\n")

  defp inline(t) do
    t
    |> escape()
    |> String.replace(~r/\*\*(.+?)\*\*/, "<b>\\1</b>")
    |> String.replace(~r/\*(.+?)\*/, "<i>\\1</i>")
    |> String.replace(~r/`(.+?)`/, fn code -> "<code>#{String.trim(code, "`")}</code>" end)
    |> String.replace(~r/\[(?<text>[^\]]+)\]\((?<url>[^)]+)\)/, ~S(<a href="\2">\1</a>))
  end
  defp escape(t), do: String.replace(t, ["&", "<", ">"], &%{"&" => "&amp;", "<" => "&lt;", ">" => "&gt;"}[&1])
end

IO.puts(Markdown.to_html("""
# Title with *emphasis*

A paragraph with **bold**, `code <x>` and a [link](http://a.b/c?d=1&e=2)
over two lines – déjà vu.

- one
- **two**
- three & four

1. first
2. second

> quoted
> twice

```elixir
x = 1 < 2
```

## Sub
"""))
