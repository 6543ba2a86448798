defmodule RobotSimulator do
  defstruct direction: :north, position: {0, 0}
  @directions [:north, :east, :south, :west]
  defguardp is_position(x, y) when is_integer(x) and is_integer(y)
  def create(direction \\ :north, position \\ {0, 0})
  def create(d, _) when d not in @directions, do: {:error, "invalid direction"}
  def create(d, {x, y} = p) when is_position(x, y), do: %__MODULE__{direction: d, position: p}
  def create(_, _), do: {:error, "invalid position"}
  def simulate(robot, instructions) do
    instructions |> String.graphemes() |> Enum.reduce_while(robot, fn
      "R", r -> {:cont, turn(r, 1)}
      "L", r -> {:cont, turn(r, -1)}
      "A", r -> {:cont, advance(r)}
      _, _ -> {:halt, {:error, "invalid instruction"}}
    end)
  end
  for {d, i} <- Enum.with_index(@directions), n <- [1, -1] do
    defp turn(%{direction: unquote(d)} = r, unquote(n)), do: %{r | direction: unquote(Enum.at(@directions, rem(i + n + 4, 4)))}
  end
  defp advance(%{direction: d, position: {x, y}} = r) do
    {dx, dy} = case d do :north -> {0, 1}; :east -> {1, 0}; :south -> {0, -1}; :west -> {-1, 0} end
    %{r | position: {x + dx, y + dy}}
  end
  defdelegate direction(r), to: Map, as: :fetch!
  def direction_of(r), do: r.direction
end
