# A report from CSV text: quoting, joins, totals and an aligned table.
csv = ~S"""
id,name,city,amount
1,"Smith, Ann",Oslo,10.50
2,Bob,"New ""York""",7
3,Chloé,Oslo,100.25
4,Dan,Rome,
"""

defmodule Csv do
  def parse(text), do: text |> String.split("\n", trim: true) |> Enum.map(&fields(&1, []))
  defp fields(<<?", r::binary>>, acc), do: quoted(r, "", acc)
  defp fields(line, acc) do
    case String.split(line, ",", parts: 2) do
      [f, r] -> fields(r, [f | acc])
      [f] -> Enum.reverse([f | acc])
    end
  end
  defp quoted(<<?", ?", r::binary>>, f, acc), do: quoted(r, f <> "\"", acc)
  defp quoted(<<?", ?,, r::binary>>, f, acc), do: fields(r, [f | acc])
  defp quoted(<<?">>, f, acc), do: Enum.reverse([f | acc])
  defp quoted(<<c, r::binary>>, f, acc), do: quoted(r, f <> <<c>>, acc)
end

[header | rows] = Csv.parse(csv)
records = for r <- rows, do: header |> Enum.zip(r) |> Map.new()
IO.inspect(hd(records))
amount = fn "" -> 0.0; s -> s |> Float.parse() |> elem(0) end
totals = Enum.group_by(records, & &1["city"], &amount.(&1["amount"])) |> Map.new(fn {c, l} -> {c, Enum.sum(l)} end)
width = totals |> Map.keys() |> Enum.map(&String.length/1) |> Enum.max()

for {city, total} <- Enum.sort_by(totals, &elem(&1, 1), :desc) do
  IO.puts("#{String.pad_trailing(city, width)} | #{:erlang.float_to_binary(total, decimals: 2) |> String.pad_leading(8)}")
end

:io.format("~-12s|~8.2f|~5w~n", ["total", totals |> Map.values() |> Enum.sum(), length(records)])
:io.format("~ts ~p ~P~n", ["Chloé", [1, {2, "x"}], Enum.to_list(1..20), 5])
