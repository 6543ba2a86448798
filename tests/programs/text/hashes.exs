# `:crypto` hashes and MACs, `:erlang.md5`, crc32, adler32.
text = "The quick brown fox jumps over the lazy dog"
for alg <- [:md5, :sha, :sha224, :sha256, :sha384, :sha512, :sha3_256, :blake2b], do: IO.puts("#{alg} #{Base.encode16(:crypto.hash(alg, text), case: :lower)}")
IO.puts(Base.encode16(:crypto.mac(:hmac, :sha256, "key", text), case: :lower))
state = :crypto.hash_init(:sha256) |> :crypto.hash_update("The quick brown ") |> :crypto.hash_update("fox jumps over the lazy dog")
IO.inspect(:crypto.hash_final(state) == :crypto.hash(:sha256, text))
IO.puts(Base.encode16(:erlang.md5(text)))
IO.inspect({:erlang.crc32(text), :erlang.adler32(text)})
IO.inspect(byte_size(:crypto.strong_rand_bytes(16)))
IO.inspect(:crypto.exor("abc", "   "))
IO.inspect(:crypto.hash_equals("a", "a"))

defmodule Chain do
  def add([], data), do: [block(0, String.duplicate("0", 64), data)]
  def add([last | _] = chain, data), do: [block(last.index + 1, last.hash, data) | chain]

  def block(index, prev, data) do
    nonce = Enum.find(Stream.iterate(0, &(&1 + 1)), fn n -> String.starts_with?(hash(index, prev, data, n), "00") end)
    %{index: index, prev: prev, data: data, nonce: nonce, hash: hash(index, prev, data, nonce)}
  end

  def valid?(chain), do: Enum.all?(chain, fn b -> b.hash == hash(b.index, b.prev, b.data, b.nonce) end)
  defp hash(i, p, d, n), do: Base.encode16(:crypto.hash(:sha256, "#{i}#{p}#{d}#{n}"), case: :lower)
end

chain = Enum.reduce(["genesis", "a pays b", "b pays c"], [], &Chain.add(&2, &1))
for b <- Enum.reverse(chain), do: IO.puts("#{b.index} #{b.nonce} #{b.hash}")
IO.inspect(Chain.valid?(chain))
IO.inspect(Chain.valid?(List.update_at(chain, 1, &%{&1 | data: "forged"})))
