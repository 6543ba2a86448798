ExUnit.start(seed: 0, trace: true)
defmodule PacketTest do
  use ExUnit.Case, async: true
  test "round trip" do
    p = %Packet{version: 2, type: 9, flags: 0xBEEF, payload: "hëllo"}
    bin = Packet.encode(p)
    assert bin == <<0x29, 0xEF, 0xBE, 0, 6, "hëllo"::binary, Packet.crc(binary_slice(bin, 0..-5//1))::32>>
    assert {:ok, ^p} = Packet.decode(bin)
    assert {:error, {:checksum, _, _}} = Packet.decode(binary_slice(bin, 0, byte_size(bin) - 1) <> <<0>>)
    assert Packet.decode(<<1::7>>) == {:error, {:malformed, 7}}
  end
  test "bits" do
    assert Packet.hamming("karolin", "kathrin") == 9
    assert Packet.rle("WWWWWWWWWWWWBWWWWWWWWWWWWBBB") == "12WB12W3B"
    assert Enum.map(0..7, &Packet.gray/1) == [0, 1, 3, 2, 6, 7, 5, 4]
    assert Packet.popcount(255) == 8
    assert Packet.base32ish("hello") |> String.length() == 8
    assert <<1::size(3), 5::size(7)>> == <<32, 5::2>> or true
    assert inspect(<<1::3, 2::7>>) == "<<32, 2::size(2)>>"
    assert (for <<r::8, g::8, b::8 <- <<213, 45, 132, 64, 76, 32>> >>, do: {r, g, b}) == [{213, 45, 132}, {64, 76, 32}]
    assert <<3.14::float-32>> == <<64, 72, 245, 195>>
    assert <<f::float-16>> = <<60, 0>>
    assert f == 1.0
    assert <<-1::signed-little-24>> == <<255, 255, 255>>
    assert <<x::signed-8, _::binary>> = <<200, 1>>
    assert x == -56
    assert <<"é"::utf16>> == <<0, 233>>
    assert <<"𝄞"::utf16-little>> == <<52, 216, 30, 221>>
    assert_raise ArgumentError, fn -> <<String.length("a")::binary>> end
    assert_raise MatchError, fn -> <<_::16>> = hd(["a"]) end
  end
  test "left and right are shown as binaries" do
    assert <<1, 2, 3>> == <<1, 2, 4>>
  end
  test "bitstring failure", do: assert <<1::3>> == <<2::3>>
end
