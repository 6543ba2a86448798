# The Game of Life on sets: a glider on a torus, an oscillator, populations over time.
defmodule Life do
  def parse(text), do: for({line, y} <- Enum.with_index(String.split(text, "\n", trim: true)), {?#, x} <- Enum.with_index(String.to_charlist(line)), into: MapSet.new(), do: {x, y})

  def step(cells, {w, h}) do
    cells
    |> Enum.flat_map(fn {x, y} -> for dx <- -1..1, dy <- -1..1, {dx, dy} != {0, 0}, do: {Integer.mod(x + dx, w), Integer.mod(y + dy, h)} end)
    |> Enum.frequencies()
    |> Enum.filter(fn {cell, n} -> n == 3 or (n == 2 and cell in cells) end)
    |> MapSet.new(&elem(&1, 0))
  end

  def show(cells, {w, h}), do: for(y <- 0..(h - 1), do: IO.puts(for(x <- 0..(w - 1), do: if({x, y} in cells, do: "#", else: "."))))
end

glider = Life.parse(".#.\n..#\n###\n")
size = {8, 8}
generations = Stream.iterate(glider, &Life.step(&1, size))
for n <- [0, 4, 17] do
  IO.puts("generation #{n}")
  generations |> Enum.at(n) |> Life.show(size)
end
IO.inspect(Enum.at(generations, 32) == glider)
r = MapSet.new([{10, 10}, {11, 10}, {9, 11}, {10, 11}, {10, 12}])
IO.inspect(Stream.iterate(r, &Life.step(&1, {30, 30})) |> Stream.map(&MapSet.size/1) |> Enum.take(25))
