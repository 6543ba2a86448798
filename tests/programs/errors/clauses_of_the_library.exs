# A function of the library that no clause of matches: the error shows its clauses.
for fun <- [fn -> Keyword.pop(%{}, :key) end, fn -> String.upcase(:atom) end, fn -> Access.fetch(:foo, :bar) end] do
  try do
    fun.()
  rescue
    error in FunctionClauseError ->
      {blamed, _} = Exception.blame(:error, error, __STACKTRACE__)
      IO.puts(Exception.message(blamed))
  end
end

Enum.map(1..2, &String.to_integer(&1))
