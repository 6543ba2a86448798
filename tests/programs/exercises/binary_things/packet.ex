defmodule Packet do
  import Bitwise
  defstruct [:version, :type, :flags, :payload]
  def encode(%Packet{version: v, type: t, flags: f, payload: p}) do
    body = <<v::4, t::unsigned-integer-size(4), f::little-16, byte_size(p)::16, p::binary>>
    <<body::binary, crc(body)::32>>
  end
  def decode(<<v::4, t::4, f::little-16, n::16, p::binary-size(n), sum::32>> = all) do
    body = binary_part(all, 0, byte_size(all) - 4)
    if crc(body) == sum, do: {:ok, %Packet{version: v, type: t, flags: f, payload: p}}, else: {:error, {:checksum, sum, crc(body)}}
  end
  def decode(other) when is_bitstring(other), do: {:error, {:malformed, bit_size(other)}}
  def crc(bin), do: :erlang.crc32(bin)
  def hamming(a, b) when byte_size(a) == byte_size(b) do
    for(<<x <- :crypto.exor(a, b)>>, <<bit::1 <- <<x>> >>, bit == 1, do: 1) |> length()
  end
  def rle(""), do: ""
  def rle(<<c, rest::binary>>), do: rle(rest, c, 1, [])
  defp rle(<<c, rest::binary>>, c, n, acc), do: rle(rest, c, n + 1, acc)
  defp rle(<<d, rest::binary>>, c, n, acc), do: rle(rest, d, 1, [acc, run(c, n)])
  defp rle("", c, n, acc), do: IO.iodata_to_binary([acc, run(c, n)])
  defp run(c, 1), do: <<c>>
  defp run(c, n), do: [Integer.to_string(n), c]
  def gray(n), do: n ^^^ (n >>> 1)
  def popcount(0), do: 0
  def popcount(n), do: 1 + popcount(n &&& n - 1)
  def base32ish(bits), do: for(<<b::5 <- bits>>, into: "", do: <<Enum.at(?a..?z, rem(b, 26))>>)
end
