# Arguments that make error_info: each native explains its arguments.
for {m, f, a} <- [
      {:erlang, :element, [5, {1, 2}]},
      {:erlang, :binary_to_integer, ["12x"]},
      {:erlang, :list_to_atom, [[:a]]},
      {:erlang, :length, [[1 | 2]]},
      {:erlang, :hd, [[]]},
      {:erlang, :map_get, [:k, %{}]},
      {:erlang, :tuple_size, [1]},
      {:erlang, :atom_to_binary, ["x"]},
      {:erlang, :binary_part, ["abc", 2, 5]},
      {:erlang, :setelement, [0, {1}, 2]},
      {:erlang, :integer_to_binary, [1, 99]},
      {:erlang, :register, [:name, :not_pid]},
      {:erlang, :monitor, [:process, 1]},
      {:erlang, :+, [1, :a]},
      {:erlang, :++, [1, [2]]},
      {:erlang, :apply, [:m, :f, :not_list]},
      {:lists, :keyfind, [1, 0, []]},
      {:lists, :reverse, [:x]},
      {:lists, :nth, [3, [1]]},
      {:maps, :get, [:x, %{}]},
      {:maps, :merge, [%{}, 1]},
      {:binary, :split, ["a", 1]},
      {:binary, :copy, ["a", -1]},
      {:ets, :lookup, [:no_table, 1]},
      {:ets, :new, ["name", []]},
      {:math, :log, [0]},
      {:math, :sqrt, [:a]},
      {:re, :run, ["a", "("]},
      {:unicode, :characters_to_binary, [:x]},
      {:string, :length, [1]},
      {:io_lib, :format, ["~p", []]},
      {:persistent_term, :get, [:missing]}
    ] do
  text =
    try do
      apply(m, f, a)
    rescue
      e -> Exception.format_banner(:error, Exception.blame(:error, e, __STACKTRACE__) |> elem(0), __STACKTRACE__)
    end

  IO.puts("#{inspect(m)}.#{f}/#{length(a)}: #{if is_binary(text), do: text, else: inspect(text)}")
end
