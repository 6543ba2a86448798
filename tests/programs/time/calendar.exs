# Date, Time, NaiveDateTime and DateTime: arithmetic, comparison, parsing, formatting, calendars' edges.
d = ~D[2024-02-28]
IO.inspect({Date.add(d, 2), Date.diff(~D[2025-01-01], d), Date.leap_year?(d), Date.day_of_week(d), Date.day_of_year(d), Date.quarter_of_year(d)})
IO.inspect({Date.beginning_of_month(d), Date.end_of_month(d), Date.beginning_of_week(d), Date.end_of_week(d, :sunday), Date.days_in_month(d)})
IO.inspect(Date.range(~D[2024-02-27], ~D[2024-03-02]) |> Enum.map(&Date.to_string/1))
IO.inspect(Date.range(~D[2024-01-31], ~D[2024-01-01], -10) |> Enum.to_list())
IO.inspect([Date.compare(~D[2024-01-01], ~D[2023-12-31]), Date.before?(d, ~D[2024-03-01]), Date.shift(~D[2024-01-31], month: 1)])
IO.inspect([Date.from_iso8601("2023-02-29"), Date.from_iso8601("2024-1-1"), Date.new(2024, 13, 1)])
IO.inspect(Date.from_erl({2000, 1, 2}))
IO.inspect(Time.add(~T[23:59:30], 45))
IO.inspect({Time.diff(~T[12:00:00], ~T[11:00:00.500], :millisecond), Time.truncate(~T[01:02:03.456789], :millisecond), Time.to_iso8601(~T[01:02:03])})
n = ~N[2024-12-31 23:59:59.999]
IO.inspect({NaiveDateTime.add(n, 1), NaiveDateTime.to_date(n), NaiveDateTime.diff(n, ~N[2024-01-01 00:00:00]), NaiveDateTime.beginning_of_day(n)})
IO.inspect(NaiveDateTime.from_iso8601("2024-05-06T07:08:09,5"))
{:ok, dt, off} = DateTime.from_iso8601("2024-03-10T10:00:00+02:30")
IO.inspect({dt, off})
IO.inspect(DateTime.from_unix!(1_700_000_000))
IO.inspect(DateTime.from_unix!(1_700_000_000_123, :millisecond) |> DateTime.to_iso8601())
IO.inspect(DateTime.to_unix(~U[1969-12-31 23:59:59Z]))
IO.inspect(DateTime.diff(~U[2024-01-02 00:00:00Z], ~U[2024-01-01 12:00:00Z], :hour))
IO.inspect(DateTime.shift(~U[2024-01-31 10:00:00Z], month: 1, hour: -11))
IO.inspect(DateTime.new(~D[2024-01-01], ~T[00:00:00], "Europe/Oslo"))
IO.puts(Calendar.strftime(~U[2024-07-04 15:05:09.012Z], "%a %A %d %b %B %Y %y %H:%M:%S.%f %I %p %j %q %Z %z %% %-d %_5d"))
IO.puts(Calendar.strftime(~D[2024-07-04], "%x %d.%m.%Y", preferred_date: "%Y/%m/%d"))
IO.inspect(Calendar.ISO.days_in_month(1900, 2))
IO.inspect([~D[-0001-01-01], Date.add(~D[0000-01-01], -1), ~D[9999-12-31]])
IO.inspect(:calendar.day_of_the_week(2024, 2, 29))
IO.inspect(:calendar.gregorian_seconds_to_datetime(63_875_606_400))
IO.inspect(:calendar.iso_week_number({2021, 1, 3}))
IO.inspect(:calendar.rfc3339_to_system_time(~c"2024-01-01T00:00:00Z"))
IO.inspect(Enum.sort([~D[2024-05-01], ~D[2023-06-01], ~D[2024-01-31]], Date))
IO.inspect(Enum.max([~T[10:00:00], ~T[09:59:59]], Time))
IO.inspect(DateTime.compare(~U[2024-01-01 00:00:00Z], ~U[2024-01-01 00:00:00.000Z]))
IO.inspect(Date.utc_today() |> is_struct(Date))
IO.inspect(DateTime.utc_now().year >= 2024)

try do
  Date.new!(2023, 2, 30)
rescue
  e -> IO.puts(Exception.message(e))
end

try do
  Date.from_iso8601!("yesterday")
rescue
  e -> IO.puts(Exception.message(e))
end
