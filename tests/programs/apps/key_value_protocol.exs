# A text protocol for a key-value store with transactions: parser, session processes, nested begin/rollback, errors.
defmodule Kv.Session do
  use GenServer
  def start_link(table), do: GenServer.start_link(__MODULE__, table)
  def line(pid, text), do: GenServer.call(pid, {:line, text})
  @impl true
  def init(table), do: {:ok, %{table: table, layers: []}}
  @impl true
  def handle_call({:line, text}, _, s) do
    {reply, s} = text |> String.split(~r/\s+(?=(?:[^"]*"[^"]*")*[^"]*$)/, trim: true) |> Enum.map(&String.trim(&1, "\"")) |> command(s)
    {:reply, reply, s}
  end

  defp command(["SET", k, v], s), do: {"OK", write(s, k, v)}
  defp command(["GET", k], s), do: {get(s, k) || "NULL", s}
  defp command(["DEL", k], s), do: if(get(s, k), do: {"OK", write(s, k, nil)}, else: {"NULL", s})
  defp command(["INCR", k], s) do
    case Integer.parse(get(s, k) || "0") do
      {n, ""} -> {"#{n + 1}", write(s, k, "#{n + 1}")}
      _ -> {"ERR not a number", s}
    end
  end
  defp command(["COUNT", v], s), do: {s |> flat() |> Enum.count(fn {_, x} -> x == v end) |> to_string(), s}
  defp command(["KEYS" | glob], s) do
    regex = (List.first(glob) || "*") |> Regex.escape() |> String.replace("\\*", ".*") |> then(&Regex.compile!("^#{&1}$"))
    {s |> flat() |> Map.keys() |> Enum.filter(&(&1 =~ regex)) |> Enum.sort() |> Enum.join(" "), s}
  end
  defp command(["BEGIN"], s), do: {"OK", %{s | layers: [%{} | s.layers]}}
  defp command(["ROLLBACK"], %{layers: [_ | r]} = s), do: {"OK", %{s | layers: r}}
  defp command(["COMMIT"], %{layers: [_ | _]} = s) do
    for {k, v} <- flat_layers(s), do: if(v, do: :ets.insert(s.table, {k, v}), else: :ets.delete(s.table, k))
    {"OK", %{s | layers: []}}
  end
  defp command([c], s) when c in ["ROLLBACK", "COMMIT"], do: {"ERR no transaction", s}
  defp command(other, s), do: {"ERR unknown #{inspect(Enum.join(other, " "))}", s}

  defp write(%{layers: []} = s, k, nil), do: (:ets.delete(s.table, k); s)
  defp write(%{layers: []} = s, k, v), do: (:ets.insert(s.table, {k, v}); s)
  defp write(%{layers: [top | r]} = s, k, v), do: %{s | layers: [Map.put(top, k, v) | r]}
  defp get(s, k), do: Enum.find_value(s.layers, fn l -> if is_map_key(l, k), do: {l[k]} end) |> then(fn {v} -> v; nil -> (case :ets.lookup(s.table, k) do [{_, v}] -> v; [] -> nil end) end)
  defp flat_layers(s), do: s.layers |> Enum.reverse() |> Enum.reduce(%{}, &Map.merge(&2, &1))
  defp flat(s), do: :ets.tab2list(s.table) |> Map.new() |> Map.merge(flat_layers(s)) |> Map.reject(fn {_, v} -> v == nil end)
end

table = :ets.new(:kv, [:public])
{:ok, a} = Kv.Session.start_link(table)
{:ok, b} = Kv.Session.start_link(table)
for {s, text} <- [a: "SET x 10", a: "BEGIN", a: "SET x 20", b: "GET x", a: "GET x", a: "BEGIN", a: "INCR x", a: "DEL nothing", a: "ROLLBACK", a: "GET x", a: "COMMIT", b: "GET x",
    b: ~s(SET msg "hello world"), b: "GET msg", b: "INCR msg", b: "COUNT 20", a: "KEYS m*", a: "KEYS", a: "DEL x", b: "GET x", b: "COMMIT", b: "FLY away", a: "BEGIN", a: "DEL msg", a: "GET msg", b: "GET msg"] do
  IO.puts("#{s}> #{text} => #{Kv.Session.line(%{a: a, b: b}[s], text)}")
end
