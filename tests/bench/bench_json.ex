defmodule BenchJson do
  @moduledoc "A JSON encoder and decoder, as people write them by hand."

  def json do
    value = %{
      "name" => "orrery",
      "tags" => ["a", "b", "c"],
      "items" => Enum.map(1..60, &%{"id" => &1, "price" => &1 * 1.5, "text" => "item \"#{&1}\"\n", "ok" => rem(&1, 2) == 0})
    }

    text = Enum.reduce(1..40, "", fn _, _ -> IO.iodata_to_binary(encode(value)) end)
    Enum.each(1..40, fn _ -> decode(text) end)
    {byte_size(text), decode(text) == value}
  end

  def strings do
    1..20000
    |> Enum.map(&"word#{rem(&1 * 7919, 1000)}")
    |> Enum.map(&String.upcase/1)
    |> Enum.frequencies()
    |> Enum.sort_by(fn {word, count} -> {-count, word} end)
    |> Enum.map_join(",", fn {word, count} -> "#{word}=#{count}" end)
    |> String.split(",")
    |> Enum.filter(&String.contains?(&1, "9"))
    |> length()
  end

  defp encode(nil), do: "null"
  defp encode(true), do: "true"
  defp encode(false), do: "false"
  defp encode(n) when is_integer(n), do: Integer.to_string(n)
  defp encode(f) when is_float(f), do: Float.to_string(f)
  defp encode(s) when is_binary(s), do: [?", escape(s, []), ?"]
  defp encode(l) when is_list(l), do: [?[, Enum.map_intersperse(l, ?,, &encode/1), ?]]

  defp encode(m) when is_map(m),
    do: [?{, m |> Enum.sort() |> Enum.map_intersperse(?,, fn {k, v} -> [encode(k), ?:, encode(v)] end), ?}]

  defp escape(<<>>, acc), do: Enum.reverse(acc)
  defp escape(<<?", rest::binary>>, acc), do: escape(rest, ["\\\"" | acc])
  defp escape(<<?\n, rest::binary>>, acc), do: escape(rest, ["\\n" | acc])
  defp escape(<<c::utf8, rest::binary>>, acc), do: escape(rest, [<<c::utf8>> | acc])

  defp decode(text) do
    {value, _} = value(skip(text))
    value
  end

  defp value(<<?{, rest::binary>>), do: object(skip(rest), %{})
  defp value(<<?[, rest::binary>>), do: array(skip(rest), [])
  defp value(<<?", rest::binary>>), do: string(rest, [])
  defp value(<<"true", rest::binary>>), do: {true, rest}
  defp value(<<"false", rest::binary>>), do: {false, rest}
  defp value(<<"null", rest::binary>>), do: {nil, rest}
  defp value(text), do: number(text, [])

  defp object(<<?}, rest::binary>>, acc), do: {acc, rest}

  defp object(<<?", rest::binary>>, acc) do
    {key, rest} = string(rest, [])
    <<?:, rest::binary>> = skip(rest)
    {value, rest} = value(skip(rest))
    object(comma(skip(rest)), Map.put(acc, key, value))
  end

  defp array(<<?], rest::binary>>, acc), do: {Enum.reverse(acc), rest}

  defp array(text, acc) do
    {value, rest} = value(text)
    array(comma(skip(rest)), [value | acc])
  end

  defp comma(<<?,, rest::binary>>), do: skip(rest)
  defp comma(rest), do: rest

  defp string(<<?", rest::binary>>, acc), do: {acc |> Enum.reverse() |> IO.iodata_to_binary(), rest}
  defp string(<<?\\, ?n, rest::binary>>, acc), do: string(rest, [?\n | acc])
  defp string(<<?\\, c, rest::binary>>, acc), do: string(rest, [c | acc])
  defp string(<<c::utf8, rest::binary>>, acc), do: string(rest, [<<c::utf8>> | acc])

  defp number(<<c, rest::binary>>, acc) when c in ~c"0123456789.-+eE", do: number(rest, [c | acc])

  defp number(rest, acc) do
    digits = Enum.reverse(acc)
    text = List.to_string(digits)
    {if(?. in digits, do: String.to_float(text), else: String.to_integer(text)), rest}
  end

  defp skip(<<c, rest::binary>>) when c in ~c" \n\t", do: skip(rest)
  defp skip(text), do: text
end
