defmodule Roman do
  @numerals [{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}]
  @doc """
  Convert.

      iex> Roman.numeral(1990)
      "MCMXC"
      iex> Roman.numeral(2008)
      "MMVIII"

  Errors:

      iex> Roman.numeral(0)
      ** (ArgumentError) out of range: 0
  """
  def numeral(n) when n in 1..3999, do: do_numeral(n, @numerals, []) |> IO.iodata_to_binary()
  def numeral(n), do: raise(ArgumentError, "out of range: #{n}")
  defp do_numeral(0, _, acc), do: Enum.reverse(acc)
  defp do_numeral(n, [{v, s} | _] = all, acc) when n >= v, do: do_numeral(n - v, all, [s | acc])
  defp do_numeral(n, [_ | rest], acc), do: do_numeral(n, rest, acc)
end
