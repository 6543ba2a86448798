# A cron-like schedule: parse expressions, compute the next runs, print a month as a table.
defmodule Cron do
  defstruct [:minutes, :hours, :days, :months, :weekdays]
  def parse(text) do
    [m, h, d, mo, w] = String.split(text)
    %Cron{minutes: field(m, 0..59), hours: field(h, 0..23), days: field(d, 1..31), months: field(mo, 1..12), weekdays: field(w, 0..6)}
  end
  defp field("*", r), do: MapSet.new(r)
  defp field("*/" <> n, a..b//_), do: MapSet.new(a..b//String.to_integer(n))
  defp field(list, _), do: list |> String.split(",") |> Enum.flat_map(&part/1) |> MapSet.new()
  defp part(p) do
    case String.split(p, "-") do
      [a, b] -> Enum.to_list(String.to_integer(a)..String.to_integer(b))
      [a] -> [String.to_integer(a)]
    end
  end
  def next(cron, from), do: from |> Stream.iterate(&step(cron, &1)) |> Stream.drop(1) |> Enum.find(&match(cron, &1))
  defp step(c, t) do
    cond do
      not (t.month in c.months and t.day in c.days and weekday(t) in c.weekdays) -> t |> NaiveDateTime.to_date() |> Date.add(1) |> NaiveDateTime.new!(~T[00:00:00])
      t.hour not in c.hours -> %{NaiveDateTime.add(t, 3600) | minute: 0}
      true -> NaiveDateTime.add(t, 60)
    end
  end
  defp match(c, t), do: t.minute in c.minutes and t.hour in c.hours and t.day in c.days and t.month in c.months and weekday(t) in c.weekdays
  defp weekday(t), do: rem(Date.day_of_week(t), 7)
end

for text <- ["30 9 * * 1-5", "0 0 29 2 *", "*/20 * * * *", "15 14 1 * *"] do
  cron = Cron.parse(text)
  IO.inspect({text, ~N[2024-06-14 09:30:00] |> Stream.iterate(&Cron.next(cron, &1)) |> Stream.drop(1) |> Enum.take(3)})
end

first = ~D[2024-02-01]
IO.puts("Mo Tu We Th Fr Sa Su")
blanks = List.duplicate("  ", Date.day_of_week(first) - 1)
days = for d <- 1..Date.days_in_month(first), do: String.pad_leading("#{d}", 2)
(blanks ++ days) |> Enum.chunk_every(7) |> Enum.each(&IO.puts(Enum.join(&1, " ")))
