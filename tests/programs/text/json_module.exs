# The `JSON` module of Elixir 1.18 and OTP's `:json`.
defmodule Point do
  @derive {JSON.Encoder, only: [:x, :y]}
  defstruct [:x, :y, :secret]
end

defmodule Demo do
  def run do
    IO.puts(JSON.encode!(%Point{x: 1, y: 2.5, secret: "s"}))
    IO.puts(JSON.encode!(["a\"b\n", nil, true, 1.0e30, %{"k" => []}, :atom, "é€😀", -12]))
    IO.inspect(JSON.decode(~s({"a": [1, 2.5, "x", null, {"b": false}], "u": "\\u20ac\\ud83d\\ude00"})))
    IO.inspect(JSON.decode(~s([1,)))
    IO.inspect(JSON.decode(~s([1] x)))
    IO.inspect(:json.decode(~s({"k": 12345678901234567890})))
    IO.puts(:json.encode([1, "two", :three, %{four: 4}]))
    IO.puts(JSON.encode!(%{date: ~D[2024-01-01]}))

    try do
      JSON.decode!("{bad}")
    rescue
      e -> IO.puts(Exception.message(e))
    end

    try do
      JSON.encode!({:tuple})
    rescue
      e -> IO.puts(Exception.message(e) |> String.split("\n") |> hd())
    end
  end
end

Demo.run()
