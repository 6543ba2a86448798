# Reading from an empty stdin gives `:eof`.
IO.inspect(IO.gets("? "))
IO.inspect(IO.read(:line))
IO.inspect(IO.read(:eof))
IO.inspect(IO.stream() |> Enum.to_list())
