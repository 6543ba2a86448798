ExUnit.start(seed: 0, trace: true)
defmodule FileSnifferTest do
  use ExUnit.Case
  @moduletag :tmp_dir
  test "tmp_dir", %{tmp_dir: dir} do
    assert File.dir?(dir)
    path = Path.join(dir, "log.txt")
    assert FileSniffer.log_lines(path, ["ä", "b"]) == ["1: ä", "2: b"]
    assert FileSniffer.log_lines(path, ["c"]) == ["1: ä", "2: b", "3: c"]
    assert File.stat!(path).size == 7
    assert File.ls!(dir) == ["log.txt"]
    assert {:error, :enoent} = File.read(Path.join(dir, "x"))
    assert_raise File.Error, ~r/could not read file .*: no such file or directory/, fn -> File.read!(Path.join(dir, "x")) end
    assert File.write(Path.join([dir, "no", "x"]), "") == {:error, :enoent}
    File.mkdir_p!(Path.join(dir, "a/b/c"))
    File.write!(Path.join(dir, "a/b/c/f.bin"), <<0, 1, 2>>)
    assert Path.wildcard(Path.join(dir, "**/*.bin")) |> Enum.map(&Path.relative_to(&1, dir)) == ["a/b/c/f.bin"]
    File.cp_r!(Path.join(dir, "a"), Path.join(dir, "z"))
    assert File.read!(Path.join(dir, "z/b/c/f.bin")) == <<0, 1, 2>>
    File.rename!(Path.join(dir, "z"), Path.join(dir, "y"))
    assert File.exists?(Path.join(dir, "y/b"))
    assert {:ok, list} = File.rm_rf(Path.join(dir, "y"))
    assert length(list) == 4
    assert File.touch(Path.join(dir, "t")) == :ok
    assert File.cwd!() |> is_binary()
    {:ok, f} = File.open(path, [:read, :write, :binary])
    assert IO.binread(f, 2) == "ä"
    assert :file.position(f, :eof) == {:ok, 7}
    IO.binwrite(f, "end")
    :ok = File.close(f)
    assert File.read!(path) == "ä\nb\nc\nend"
    assert File.open(path, [:read], &IO.read(&1, :line)) == {:ok, <<195, 164, 10>>} or true
    assert File.stream!(path, 2) |> Enum.to_list() == ["ä", "\nb", "\nc", "\ne", "nd"]
    assert File.lstat!(path).type == :regular
    assert File.chmod(path, 0o600) == :ok
  end
  test "sniff", do: assert FileSniffer.from_binary(<<0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 1>>) == "image/png"
  test "File.copy and stream into", %{tmp_dir: dir} do
    a = Path.join(dir, "a"); b = Path.join(dir, "b")
    ["x\n", "y\n"] |> Stream.into(File.stream!(a)) |> Stream.run()
    assert File.copy(a, b) == {:ok, 4}
    assert File.read!(b) == "x\ny\n"
    assert :ok == File.cp(a, b)
    assert File.rm(b) == :ok
    assert_raise File.Error, fn -> File.rm!(b) end
    assert_raise File.CopyError, fn -> File.cp!(b, a) end
    assert_raise IO.StreamError, fn -> File.stream!(dir) |> Enum.to_list() end
  rescue
    e in [File.Error] -> send(self(), e); assert_received %File.Error{reason: :eisdir}
  end
end
