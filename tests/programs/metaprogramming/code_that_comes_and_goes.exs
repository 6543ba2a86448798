# Modules that are purged, deleted and defined again, by processes that have run them and by others that have not.
Code.put_compiler_option(:ignore_module_conflict, true)

define = fn value ->
  Code.compile_string("defmodule Passing do\n  def value, do: #{value}\nend")
end

forget = fn ->
  {:code.purge(Passing), :code.delete(Passing), :erlang.check_old_code(Passing)}
end

elsewhere = fn fun -> Task.await(Task.async(fun)) end

define.(1)
IO.inspect(elsewhere.(fn -> apply(Passing, :value, []) end), label: "called elsewhere")
IO.inspect(forget.(), label: "forgotten by one that has not called it")
IO.inspect(:code.is_loaded(Passing), label: "loaded")
define.(2)
IO.inspect(elsewhere.(fn -> apply(Passing, :value, []) end), label: "defined again")
IO.inspect(:erlang.check_old_code(Passing), label: "old code")

define.(3)
IO.inspect(:erlang.check_old_code(Passing), label: "old code when it was replaced")
IO.inspect(:code.soft_purge(Passing), label: "purged softly")
IO.inspect(:erlang.check_old_code(Passing), label: "old code then")
IO.inspect(apply(Passing, :value, []), label: "value")

for n <- 4..8 do
  elsewhere.(forget)
  elsewhere.(fn -> define.(n) end)
end

IO.inspect(apply(Passing, :value, []), label: "value after many")
IO.inspect(forget.(), label: "forgotten")
IO.inspect(Code.ensure_loaded(Passing), label: "ensured")

# What the library itself runs on: the code server knows of it, though nobody has asked it to load anything.
library = [Kernel, Enum, :lists, :erlang]
IO.inspect(Enum.map(library, &match?({:file, _}, :code.is_loaded(&1))), label: "loaded from the beginning")
all = Enum.map(:code.all_loaded(), &elem(&1, 0))
IO.inspect(library -- all, label: "not among all that is loaded")
IO.inspect(:code.is_loaded(:lists) == {:file, :code.which(:lists)}, label: "loaded from where it lies")
