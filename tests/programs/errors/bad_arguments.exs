# What functions of the runtime system say of bad arguments, and where: modules that it contains have no lines in stack traces.
show = fn call ->
  try do
    call.()
  rescue
    error ->
      IO.puts(Exception.format_banner(:error, error, __STACKTRACE__))
      __STACKTRACE__ |> Enum.take(2) |> Enum.each(&IO.puts("    " <> Exception.format_stacktrace_entry(&1)))
  end
end

counters = :counters.new(2, [:atomics])
atomics = :atomics.new(2, signed: false)
show.(fn -> :counters.new(0, []) end)
show.(fn -> :counters.new(1, [:nope]) end)
show.(fn -> :counters.add(:none, 1, 1) end)
show.(fn -> :counters.add(counters, 3, 1) end)
show.(fn -> :counters.sub(counters, 1, "x") end)
show.(fn -> :counters.put(counters, 1, 1.5) end)
show.(fn -> :atomics.new(:x, :y) end)
show.(fn -> :atomics.put(atomics, 0, 1) end)
show.(fn -> :atomics.put(atomics, 1, -1) end)
show.(fn -> :atomics.compare_exchange(atomics, 1, :a, 2) end)
show.(fn -> :persistent_term.get(:no_such_key) end)
show.(fn -> :erlang.monitor(:wrong, self()) end)
show.(fn -> :erlang.monitor(:process, 5) end)
show.(fn -> :erlang.monitor(:process, self(), [:wrong]) end)
show.(fn -> Process.flag(:wrong, 1) end)
show.(fn -> Process.flag(:priority, :wrong) end)
show.(fn -> Process.flag(:trap_exit, 1) end)
show.(fn -> :erlang.send(self(), 1, [:wrong]) end)
show.(fn -> :erlang.binary_to_term("", [:wrong]) end)
show.(fn -> :erlang.binary_to_term(<<131>>, [:safe]) end)
show.(fn -> :erlang.convert_time_unit(1, :wrong, :second) end)
show.(fn -> System.convert_time_unit(1, :second, :wrong) end)
show.(fn -> :erlang.spawn_opt(1, []) end)
show.(fn -> :ets.select(:no_such_table, :wrong) end)
show.(fn -> :ets.match_object(:no_such_table, :_, :wrong) end)
show.(fn -> :ets.select_delete(:no_such_table, :wrong) end)
show.(fn -> :ets.select(:ets.new(:table, []), :wrong) end)
show.(fn -> :ets.match_spec_compile([]) end)
show.(fn -> :erlang.halt("slogans are lists") end)
show.(fn -> :calendar.local_time_to_universal_time(:wrong) end)
