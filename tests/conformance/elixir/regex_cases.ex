defmodule RegexCases do
  use Conformance

  cases do
    Regex.run(~r/b(c)/, "abcd")
    Regex.run(~r/b(c)/, "abcd", return: :index)
    Regex.scan(~r/\d/, "a1b2")
    Regex.named_captures(~r/(?<y>\d+)-(?<m>\d+)/, "2024-07")
    Regex.names(~r/(?<b>x)(?<a>y)/)
    Regex.replace(~r/b/, "abcb", "[\\0]")
    Regex.replace(~r/(.)(.)/, "abcd", fn _, a, b -> b <> a end)
    Regex.split(~r/,\s*/, "a, b,c")
    Regex.split(~r/(,)/, "a,b", include_captures: true)
    Regex.match?(~r/É/iu, "é")
    Regex.compile("(")
    Regex.compile!("a[")
    Regex.escape("a.b*c")
    Regex.source(~r/a b/x)
    Regex.opts(~r/a/i) != nil
    "abc" =~ ~r/b/
    String.replace("a1b2", ~r/\d/, "#")
    String.split("a1b2c", ~r/\d/)
    String.split("a b  c", ~r/\s+/, trim: true)
    inspect(~r/a\/b/im)
    Regex.run(~r/(?<!a)b/, "abbb")
    Regex.scan(~r/(a)(b)?/, "aba", capture: :all_but_first)
    Regex.run(~r/^\p{Lu}/u, "Éa")
  end
end
