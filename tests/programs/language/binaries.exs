# Binary pattern matching and construction: sizes, units, signedness, endianness, UTF, bit level, a small packet parser.
defmodule Packet do
  def encode(%{version: v, flags: {a, b}, id: id, body: body}) do
    <<v::4, bit(a)::1, bit(b)::1, 0::2, id::little-16, byte_size(body)::16, body::binary, crc(body)::32>>
  end

  def decode(<<v::4, a::1, b::1, _::2, id::16-little, size::16, body::binary-size(size), crc::32, rest::bits>>) do
    if crc == crc(body),
      do: {:ok, %{version: v, flags: {a == 1, b == 1}, id: id, body: body}, rest},
      else: {:error, :crc}
  end

  def decode(short) when byte_size(short) < 5, do: {:more, 5 - byte_size(short)}
  def decode(_), do: {:error, :incomplete}

  defp bit(true), do: 1
  defp bit(false), do: 0
  defp crc(body), do: :erlang.crc32(body)
end

packet = %{version: 3, flags: {true, false}, id: 513, body: "héllo"}
bytes = Packet.encode(packet)
IO.inspect(bytes, limit: :infinity)
{:ok, decoded, rest} = Packet.decode(bytes <> <<9>>)
IO.inspect({decoded == packet, rest})
IO.inspect(Packet.decode(<<1, 2>>))
IO.inspect(Packet.decode(binary_part(bytes, 0, 8)))
<<head::binary-size(5), _, tail::binary>> = bytes
IO.inspect(Packet.decode(head <> "X" <> tail))

<<s::signed-8, u::unsigned-8>> = <<200, 200>>
IO.inspect({s, u})
<<f::float, g::float-32-little>> = <<1.5::float, -2.25::float-32-little>>
IO.inspect({f, g})
<<c::utf8, d::utf16, e::utf32>> = <<"é"::utf8, ?€::utf16, ?😀::utf32>>
IO.inspect([c, d, e])
IO.inspect(<<1::1, 0::1, 1::1>>)
IO.inspect(for <<b::1 <- <<0b10110010>> >>, do: b)
IO.inspect(for <<n::4 <- <<0xAB, 0xCD>> >>, into: <<>>, do: <<15 - n::4>>)
IO.inspect(bit_size(<<1::3, 2::7>>))
IO.inspect(<<-1::16>>)
IO.inspect(<<1, 2, 3>> <> <<4>>)
IO.inspect(:binary.split("a,b,,c", ",", [:global]))
IO.inspect(:binary.matches("abcabc", ["bc", "a"]))
IO.inspect(:binary.decode_unsigned(<<1, 0, 0>>))
IO.inspect(String.valid?(<<0xFF>>))
IO.inspect(<<0xFF, "ab">>)

try do
  <<Process.get(:v, "text")::integer>>
rescue
  e -> IO.puts(Exception.message(e))
end
