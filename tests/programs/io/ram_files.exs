# Files that are made of a binary: what every operation gives, and archives that are read from one.
attempt = fn act ->
  try do
    act.()
  catch
    class, reason -> {class, reason}
  end
end

operations = [
  &:file.read(&1, 3),
  &:file.position(&1, :cur),
  &:file.write(&1, "XY"),
  &:file.read(&1, 100),
  &:file.read(&1, 1),
  &:file.read(&1, 0),
  &:file.position(&1, {:eof, -2}),
  &:file.read(&1, 5),
  &:file.position(&1, -1),
  &:file.position(&1, {:cur, -100}),
  &:file.position(&1, :foo),
  &:file.pread(&1, 1, 2),
  &:file.pread(&1, 100, 2),
  &:file.pread(&1, [{0, 1}, {2, 3}, {99, 1}]),
  &:file.pread(&1, -1, 2),
  &:file.pwrite(&1, 20, "z"),
  &:file.pwrite(&1, [{0, "a"}, {1, "b"}]),
  &:file.pwrite(&1, [{0, "a"}, {1, :foo}]),
  &:file.write(&1, :foo),
  &:ram_file.get_size/1,
  &:ram_file.get_file/1,
  &:file.position(&1, 4),
  &:file.truncate/1,
  &:ram_file.get_file/1,
  &:file.sync/1,
  &:file.position(&1, 9),
  &:file.write(&1, ["e", ?n, "d"]),
  &:ram_file.get_file/1,
  &:file.read(&1, 0x10000000000),
  &:file.read(&1, -1),
  &:file.close/1,
  &:file.read(&1, 1),
  &:file.close/1
]

files = [
  {"hello world", [:ram, :read, :write, :binary]},
  {["he", "llo"], [:ram]},
  {"abc", [:ram, :write]},
  {"abc", [:ram, :read, :binary]},
  {:foo, [:ram]},
  {"abc", [:ram, :foo]},
  {"", [:ram, :read, :write]}
]

for {data, modes} <- files do
  case :file.open(data, modes) do
    {:ok, file} -> for operation <- operations, do: IO.inspect(attempt.(fn -> operation.(file) end))
    error -> IO.inspect(error)
  end
end

# Such a file ends with the process that opened it.
parent = self()
{_, monitor} = spawn_monitor(fn -> send(parent, :file.open("abc", [:ram])) end)
{:ok, file} = receive(do: ({:ok, _} = opened -> opened))
receive(do: ({:DOWN, ^monitor, _, _, reason} -> IO.inspect({reason, :file.read(file, 1)})))

dir = Path.join(System.tmp_dir!(), "ram_files")
File.rm_rf!(dir)
File.mkdir_p!(dir)
File.write!(Path.join(dir, "in_archive"), "some text")
archive = String.to_charlist(Path.join(dir, "a.tar"))
:ok = :erl_tar.create(archive, [{~c"in_archive", String.to_charlist(Path.join(dir, "in_archive"))}])
tar = File.read!(Path.join(dir, "a.tar"))
IO.inspect(:erl_tar.table({:binary, tar}))
IO.inspect(:erl_tar.extract({:binary, tar}, [:memory]))
IO.inspect(:erl_tar.extract({:binary, :zlib.gzip(tar)}, [:compressed, cwd: String.to_charlist(Path.join(dir, "out"))]))
IO.inspect(File.read(Path.join(dir, "out/in_archive")))
File.rm_rf!(dir)
