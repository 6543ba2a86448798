# `Duration` of Elixir 1.17 and later: building, arithmetic, ISO 8601, shifting dates and times.
d = Duration.new!(year: 1, month: 2, day: 3, hour: 4, minute: 5, second: 6, microsecond: {789_000, 3})
IO.inspect(d)
IO.puts(Duration.to_iso8601(d))
IO.inspect(Duration.from_iso8601("P1Y2M3DT4H5M6.789S"))
IO.inspect(Duration.from_iso8601("PT"))
IO.inspect(Duration.add(d, Duration.new!(day: 30)))
IO.inspect(Duration.subtract(Duration.new!(week: 2), Duration.new!(week: 3)))
IO.inspect(Duration.multiply(Duration.new!(hour: 2, minute: 30), -2))
IO.inspect(Duration.negate(d).month)
IO.inspect(Date.shift(~D[2024-02-29], Duration.new!(year: 1)))
IO.inspect(Date.shift(~D[2024-01-31], month: 1, day: 1))
IO.inspect(NaiveDateTime.shift(~N[2024-12-31 23:00:00], hour: 2))
IO.inspect(Time.shift(~T[23:30:00], minute: 45))
IO.inspect(DateTime.shift(~U[2024-01-01 00:00:00Z], week: -1))
IO.puts(Duration.to_string(d))
IO.puts(Duration.to_string(d, separator: " ", units: [hour: "h", minute: "min"]))
IO.inspect(Enum.map(0..3, &Date.shift(~D[2024-10-31], month: &1)))

for f <- [fn -> Duration.new!(fortnight: 1) end, fn -> Date.shift(~D[2024-01-01], hour: 1) end, fn -> Duration.from_iso8601!("1D") end] do
  try do
    f.()
  rescue
    e -> IO.puts(Exception.message(e))
  end
end
