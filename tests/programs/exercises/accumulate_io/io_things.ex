defmodule Greeter do
  def run do
    name = IO.gets("What is your name? ") |> String.trim()
    age = IO.gets("Age? ") |> String.trim() |> Integer.parse()
    case age do
      {n, ""} when n >= 18 -> IO.puts("Hello, #{name} (#{n})")
      {_, ""} -> IO.puts("Hi #{name}")
      _ -> IO.puts(:stderr, "no age: #{inspect(age)}")
    end
  end
  def table(rows) do
    widths = rows |> Enum.zip_with(& &1) |> Enum.map(fn col -> col |> Enum.map(&String.length(to_string(&1))) |> Enum.max() end)
    Enum.each(rows, fn r -> r |> Enum.zip(widths) |> Enum.map_join(" | ", fn {c, w} -> String.pad_trailing(to_string(c), w) end) |> IO.puts() end)
  end
end
