# Reads all of stdin at once and counts words; then terms with `:io.read`.
IO.inspect(:io.read(~c""))
IO.inspect(:io.get_line(~c"> "))
IO.inspect(:io.fread(~c"", ~c"~d ~s"))
IO.inspect(:io.get_chars(~c"", 3))
text = IO.read(:stdio, :eof)
IO.inspect(text |> String.split() |> Enum.frequencies() |> Enum.sort())
