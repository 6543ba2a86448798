defmodule BracketPush do
  def check_brackets(str), do: check(str, [])
  for {o, c} <- [{"(", ")"}, {"[", "]"}, {"{", "}"}] do
    defp check(unquote(o) <> rest, stack), do: check(rest, [unquote(c) | stack])
    defp check(unquote(c) <> rest, [unquote(c) | stack]), do: check(rest, stack)
    defp check(unquote(c) <> _, _), do: false
  end
  defp check(<<_::utf8, rest::binary>>, stack), do: check(rest, stack)
  defp check("", stack), do: stack == []
end
