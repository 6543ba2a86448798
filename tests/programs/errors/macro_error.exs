# An error inside a macro while a module is compiled.
defmodule Bad do
  defmacro must_be_atom(x) do
    unless is_atom(x), do: raise(ArgumentError, "expected an atom, got: #{Macro.to_string(x)}")
    x
  end
end

defmodule User do
  require Bad
  def ok, do: Bad.must_be_atom(:fine)
  def bad, do: Bad.must_be_atom(1 + 1)
end
