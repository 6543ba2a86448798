# `dbg` of a value and of a pipeline, `IO.inspect` with a label, `__ENV__`.
x = 20
dbg(x + 1)

[3, 1, 2]
|> Enum.sort()
|> Enum.map(&(&1 * 10))
|> dbg()
|> Enum.sum()
|> IO.inspect(label: "sum")

IO.inspect(Path.basename(__ENV__.file))
IO.inspect(__ENV__.line)
IO.inspect({__MODULE__, __ENV__.function})
