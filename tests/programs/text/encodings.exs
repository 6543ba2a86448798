# Base 16, 32 and 64, URIs and query strings, hex, percent encoding, and term_to_binary.
data = "any carnal pleas\xFF\x00"
for f <- [&Base.encode16/1, &Base.encode32/1, &Base.encode64/1, &Base.url_encode64/1, &Base.hex_encode32/1], do: IO.puts(f.(data))
IO.inspect(Base.decode64("YW55IGNhcm5hbA"))
IO.inspect(Base.decode64("YW55IGNhcm5hbA", padding: false))
IO.inspect(Base.decode16!("dead", case: :lower))
IO.inspect(Base.encode64("a", padding: false))
IO.inspect(Base.decode64("YW 55\n", ignore: :whitespace))
uri = URI.parse("https://user:pw@example.org:8080/a/b%20c?x=1&y=a+b&z#frag")
IO.inspect({uri.host, uri.port, uri.userinfo, uri.path, uri.query, uri.fragment})
IO.inspect(URI.decode_query(uri.query))
IO.puts(URI.encode_query(%{"q" => "a b&c", "é" => "ü"}))
IO.puts(URI.encode_query([a: 1, b: "x/y"], :rfc3986))
IO.puts(URI.encode("http://x/å b?c=d"))
IO.puts(URI.encode_www_form("a b+c/ö"))
IO.puts(URI.decode("%C3%A9%20"))
IO.puts(URI.merge("http://a/b/c/d;p?q", "../g"))
IO.puts(URI.append_query(URI.parse("http://a?x=1"), "y=2"))
IO.puts(%URI{scheme: "ftp", host: "h", path: "/p"} |> URI.to_string())
IO.inspect(URI.new("http://[bad"))
IO.inspect(URI.query_decoder("a=1&b") |> Enum.to_list())
term = %{list: [1, 2.5, "bin", :atom, {1, {2}}], big: 2 ** 70, neg: -1, chars: ~c"abc", bits: <<5::3>>}
IO.inspect(:erlang.term_to_binary([1, 2.5, "bin", :atom, {1, {2}}, 2 ** 70, -1, ~c"abc", <<5::3>>, 300]) |> Base.encode16())
IO.inspect(:erlang.binary_to_term(:erlang.term_to_binary(term)) == term)
IO.inspect(:erlang.binary_to_term(:erlang.term_to_binary(term, compressed: 9)) == term)
IO.inspect(:erlang.external_size(:abc))

for f <- [fn -> Base.decode16!("xyz") end, fn -> URI.decode("%zz") end, fn -> :erlang.binary_to_term(<<131, 99>>) end, fn -> Base.decode64!("a") end] do
  try do
    f.()
  rescue
    e -> IO.puts(Exception.message(e) |> String.split("\n") |> hd())
  end
end

IO.puts(:io_lib.format("~s|~p|~w|~10s|~-5w|~c|~b|~.16B~n", ["str", {:t, "b"}, [1, "a"], "right", 1, ?A, 255, 255]) |> IO.iodata_to_binary()) 
