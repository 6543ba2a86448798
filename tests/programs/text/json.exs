# A JSON parser and printer written by hand, with errors that say where.
defmodule MiniJson do
  def parse(text) do
    {v, rest} = value(skip(text))
    case skip(rest) do
      "" -> {:ok, v}
      extra -> fail(extra, "end of input")
    end
  catch
    {:json, rest, wanted} -> {:error, "expected #{wanted} at byte #{byte_size(text) - byte_size(rest)}"}
  end

  defp value("{" <> r), do: object(skip(r), %{})
  defp value("[" <> r), do: array(skip(r), [])
  defp value("\"" <> r), do: string(r, [])
  defp value("true" <> r), do: {true, r}
  defp value("false" <> r), do: {false, r}
  defp value("null" <> r), do: {nil, r}
  defp value(<<c, _::binary>> = r) when c == ?- or c in ?0..?9 do
    [num] = Regex.run(~r/^-?\d+(\.\d+)?([eE][-+]?\d+)?/, r, capture: :first)
    rest = binary_part(r, byte_size(num), byte_size(r) - byte_size(num))
    {if(num =~ ~r/[.eE]/, do: elem(Float.parse(num), 0), else: String.to_integer(num)), rest}
  end
  defp value(r), do: fail(r, "a value")

  defp object("}" <> r, acc), do: {acc, r}
  defp object("\"" <> r, acc) do
    {k, r} = string(r, [])
    {v, r} = r |> skip() |> eat(":") |> skip() |> value()
    case skip(r) do
      "," <> r -> object(skip(r), Map.put(acc, k, v))
      "}" <> r -> {Map.put(acc, k, v), r}
      r -> fail(r, "',' or '}'")
    end
  end
  defp object(r, _), do: fail(r, "a key")

  defp array("]" <> r, acc), do: {Enum.reverse(acc), r}
  defp array(r, acc) do
    {v, r} = value(r)
    case skip(r) do
      "," <> r -> array(skip(r), [v | acc])
      "]" <> r -> {Enum.reverse([v | acc]), r}
      r -> fail(r, "',' or ']'")
    end
  end

  defp string("\"" <> r, acc), do: {acc |> Enum.reverse() |> IO.iodata_to_binary(), r}
  defp string("\\u" <> <<h::binary-4, r::binary>>, acc), do: string(r, [<<String.to_integer(h, 16)::utf8>> | acc])
  defp string(<<?\\, c, r::binary>>, acc), do: string(r, [Map.get(%{?n => "\n", ?t => "\t"}, c, <<c>>) | acc])
  defp string(<<c::utf8, r::binary>>, acc), do: string(r, [<<c::utf8>> | acc])
  defp string(r, _), do: fail(r, "'\"'")

  defp eat(r, t), do: if(String.starts_with?(r, t), do: String.replace_prefix(r, t, ""), else: fail(r, "'#{t}'"))
  defp skip(<<c, r::binary>>) when c in ~c" \n\t\r", do: skip(r)
  defp skip(r), do: r
  defp fail(r, wanted), do: throw({:json, r, wanted})

  def print(m) when is_map(m), do: ["{", m |> Enum.sort() |> Enum.map(fn {k, v} -> [print(k), ":", print(v)] end) |> Enum.intersperse(","), "}"]
  def print(l) when is_list(l), do: ["[", l |> Enum.map(&print/1) |> Enum.intersperse(","), "]"]
  def print(s) when is_binary(s), do: inspect(s)
  def print(nil), do: "null"
  def print(x), do: to_string(x)
end

text = ~s( {"name": "Zoë \\u00e9\\n", "n": [1, -2.5e3, 0.1, true, null], "nested": {"a": {}, "b": []}} )
{:ok, v} = MiniJson.parse(text)
IO.inspect(v)
IO.puts(MiniJson.print(v))
IO.inspect(MiniJson.parse(IO.iodata_to_binary(MiniJson.print(v))) == {:ok, v})
for bad <- ["", "[1,", "{\"a\" 1}", "[1 2]", "nul", "\"open", "{} x"], do: IO.inspect(MiniJson.parse(bad))
big = "[" <> Enum.map_join(1..2000, ",", &~s({"id":#{&1},"tags":["a","b"]})) <> "]"
{:ok, list} = MiniJson.parse(big)
IO.inspect({length(list), List.last(list)})
