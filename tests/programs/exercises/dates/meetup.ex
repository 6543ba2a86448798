defmodule Meetup do
  @type weekday :: :monday | :tuesday | :wednesday | :thursday | :friday | :saturday | :sunday
  @days Enum.zip(~w(monday tuesday wednesday thursday friday saturday sunday)a, 1..7) |> Map.new()
  @first %{first: 1, second: 8, third: 15, fourth: 22, teenth: 13}
  def meetup(y, m, day, :last), do: find(Date.new!(y, m, 1) |> Date.end_of_month() |> Date.add(-6), day)
  def meetup(y, m, day, s), do: find(Date.new!(y, m, @first[s]), day)
  defp find(d, day), do: Date.range(d, Date.add(d, 6)) |> Enum.find(&(Date.day_of_week(&1) == @days[day]))
end
