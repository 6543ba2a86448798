# Files whose writes may wait, and raw files that read ahead.
file = Path.join(System.tmp_dir!(), "delayed_#{System.unique_integer([:positive])}.txt")

{:ok, io} = :file.open(file, [:write, :delayed_write])
:ok = :io.put_chars(io, "hello ")
:ok = :file.write(io, "world\n")
:ok = :file.close(io)
IO.inspect(File.read(file))

{:ok, raw} = :file.open(file, [:raw, :append, {:delayed_write, 100, 10_000}])
Enum.each(1..50, fn n -> :ok = :file.write(raw, "line #{n}\n") end)
:ok = :file.close(raw)
IO.inspect(file |> File.read!() |> String.split("\n") |> length())

File.open!(file, [:write, :delayed_write, :utf8], fn io -> IO.write(io, "größer\n") end)
IO.inspect(File.read!(file))

{:ok, raw} = :file.open(file, [:raw, :read, :binary, :read_ahead])
IO.inspect({:file.read_line(raw), :file.read_line(raw), :file.close(raw)})
stream = File.stream!(file, [:delayed_write])
Enum.into(["a\n", "b\n"], stream)
IO.inspect(File.read!(file))
IO.inspect(:file.open("/nowhere/at/all", [:write, :delayed_write]))
File.rm!(file)
