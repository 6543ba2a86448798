# A key-value log on a file in the working folder: append, replay, compact; files of the sandbox only.
defmodule KvLog do
  def open(path) do
    state = if File.exists?(path), do: path |> File.stream!() |> Enum.reduce(%{}, &apply_line(String.trim(&1), &2)), else: %{}
    {path, state}
  end

  def put({path, state}, k, v) do
    File.write!(path, "put #{k} #{Base.encode64(:erlang.term_to_binary(v))}\n", [:append])
    {path, Map.put(state, k, v)}
  end

  def delete({path, state}, k) do
    File.write!(path, "del #{k}\n", [:append])
    {path, Map.delete(state, k)}
  end

  def compact({path, state}) do
    tmp = path <> ".tmp"
    File.write!(tmp, for({k, v} <- Enum.sort(state), do: "put #{k} #{Base.encode64(:erlang.term_to_binary(v))}\n"))
    File.rename!(tmp, path)
    {path, state}
  end

  defp apply_line("put " <> rest, s) do
    [k, v] = String.split(rest)
    Map.put(s, k, v |> Base.decode64!() |> :erlang.binary_to_term())
  end
  defp apply_line("del " <> k, s), do: Map.delete(s, k)
end

dir = Path.join(System.tmp_dir!(), "kv_log_#{System.pid()}")
File.mkdir_p!(dir)
path = Path.join(dir, "data.log")
log = KvLog.open(path) |> KvLog.put("a", 1) |> KvLog.put("b", %{x: [1, 2]}) |> KvLog.put("a", 2) |> KvLog.delete("b") |> KvLog.put("c", "é")
IO.inspect(elem(log, 1))
IO.inspect(path |> File.read!() |> String.split("\n", trim: true) |> length())
{_, replayed} = KvLog.open(path)
IO.inspect(replayed == elem(log, 1))
KvLog.compact(log)
IO.inspect(path |> File.stream!() |> Enum.count())
IO.inspect(File.ls!(dir))
IO.inspect(File.rm_rf!(dir) |> length())
IO.inspect(File.exists?(path))
