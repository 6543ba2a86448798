# Word frequencies of a text in parallel, with unicode words.
text = """
O Captain! my Captain! our fearful trip is done,
The ship has weather'd every rack, the prize we sought is won,
The port is near, the bells I hear, the people all exulting,
Été, été — naïve façade; ﬂags ÉTÉ
"""

counts =
  text
  |> String.split("\n", trim: true)
  |> Task.async_stream(fn line -> Regex.scan(~r/[\p{L}']+/u, line) |> Enum.map(&(&1 |> hd() |> String.downcase())) |> Enum.frequencies() end)
  |> Enum.reduce(%{}, fn {:ok, m}, acc -> Map.merge(acc, m, fn _, a, b -> a + b end) end)

counts |> Enum.sort_by(fn {w, n} -> {-n, w} end) |> Enum.take(8) |> Enum.each(fn {w, n} -> IO.puts("#{n} #{w}") end)
IO.inspect(map_size(counts))
