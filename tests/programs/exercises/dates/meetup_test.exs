ExUnit.start(seed: 0, trace: true)
defmodule MeetupTest do
  use ExUnit.Case
  test "meetups" do
    assert Meetup.meetup(2013, 5, :monday, :teenth) == ~D[2013-05-13]
    assert Meetup.meetup(2012, 2, :wednesday, :last) == ~D[2012-02-29]
    assert Meetup.meetup(2015, 3, :sunday, :last) == ~D[2015-03-29]
  end
  test "calendar" do
    assert NaiveDateTime.add(~N[2011-04-25 00:00:00], 1_000_000_000) == ~N[2043-01-01 01:46:40]
    assert DateTime.diff(~U[2024-03-01 00:00:00Z], ~U[2024-02-01 00:00:00Z], :day) == 29
    assert Date.leap_year?(~D[2000-01-01]) and not Date.leap_year?(~D[1900-01-01])
    assert Calendar.strftime(~U[2024-07-09 15:04:05.123456Z], "%a %A %b %B %d %-d %H %I %j %m %M %p %P %q %S %f %u %y %Y %z %Z %% %c %x %X") == "Tue Tuesday Jul July 09 9 15 03 191 07 04 PM pm 3 05 123456 2 24 2024 +0000 UTC % 2024-07-09 15:04:05 2024-07-09 15:04:05"
    assert DateTime.from_iso8601("2024-02-30T00:00:00Z") == {:error, :invalid_date}
    assert {:ok, dt, 3600} = DateTime.from_iso8601("2024-02-03T00:00:00+01:00")
    assert DateTime.to_string(dt) == "2024-02-02 23:00:00Z"
    assert Date.day_of_year(~D[2024-12-31]) == 366
    assert Date.quarter_of_year(~D[2024-05-01]) == 2
    assert Date.beginning_of_week(~D[2024-05-01], :sunday) == ~D[2024-04-28]
    assert Enum.count(Date.range(~D[2024-01-01], ~D[2024-12-31], 7)) == 53
    assert Time.diff(~T[12:00:00.5], ~T[11:59:59], :millisecond) == 1500
    assert Time.add(~T[23:59:59], 2) == ~T[00:00:01]
    assert Date.shift(~D[2024-01-31], month: 1) == ~D[2024-02-29]
    assert DateTime.shift(~U[2024-01-01 00:00:00Z], Duration.new!(day: -1, hour: 2)) == ~U[2023-12-31 02:00:00Z]
    assert Duration.to_iso8601(Duration.new!(year: 1, month: -2, second: 3, microsecond: {500000, 1})) == "P1Y-2MT3.5S"
    assert Enum.sort([~D[2024-03-01], ~D[2023-12-01], ~D[2024-02-15]], Date) == [~D[2023-12-01], ~D[2024-02-15], ~D[2024-03-01]]
    assert Enum.max_by([~D[2024-03-01], ~D[2023-12-01]], & &1, Date) == ~D[2024-03-01]
    assert Date.compare(~D[2024-03-01], ~D[2024-03-02]) == :lt
    assert NaiveDateTime.truncate(~N[2024-01-01 00:00:00.123456], :millisecond) == ~N[2024-01-01 00:00:00.123]
    assert_raise ArgumentError, ~r/cannot parse "2024-13-01" as date, reason: :invalid_date/, fn -> Date.from_iso8601!("2024-13-01") end
    assert DateTime.now("Europe/Berlin") == {:error, :utc_only_time_zone_database}
    assert inspect(DateTime.from_unix!(1_700_000_000)) == "~U[2023-11-14 22:13:20Z]"
    assert DateTime.from_unix!(1_700_000_000_123, :millisecond) |> DateTime.to_iso8601(:basic) == "20231114T221320.123Z"
    assert Date.diff(~D[2024-03-01], ~D[2023-03-01]) == 366
    assert :calendar.iso_week_number({2024, 12, 30}) == {2025, 1}
    assert :calendar.day_of_the_week(2024, 5, 1) == 3
  end
  test "fails with dates", do: assert ~D[2024-01-01] == ~D[2024-01-02]
  test "comparison warning at run time", do: assert Date.compare(~D[2024-01-02], ~D[2024-01-01]) == :lt
end
