# Integers of any size, floats and how they are written, rounding, bases, `Integer`, `Float`, `Bitwise`.
import Bitwise
IO.puts(2 ** 200)
IO.puts(Enum.product(1..40))
IO.inspect(-7 |> rem(3))
IO.inspect({div(-7, 2), Integer.mod(-7, 3), Integer.floor_div(-7, 2)})
IO.inspect(Integer.gcd(2 ** 80 * 9, 3 ** 50))
IO.inspect(Integer.digits(987_654_321_012, 1000))
IO.inspect(Integer.undigits([1, 0, 1, 1], 2))
IO.inspect(Integer.to_string(123_456_789_123_456_789, 36))
IO.inspect(Integer.parse("12abc"))
IO.inspect(String.to_integer("-ff", 16))
IO.inspect([0.1 + 0.2, 1.0e10, 1.0e22, 1.0e-7, 123456789.123456789, 5.0e-324, 1.7976931348623157e308, -0.0])
IO.inspect([1 / 3, 2 / 3 * 3, 100.0, 1.0e15, 1.0e16, 123_456_789_012_345_680.0])
IO.inspect({Float.round(2.675, 2), Float.ceil(1.01, 1), Float.floor(-1.05, 1), round(2.5), trunc(-2.9)})
IO.inspect(Float.ratio(0.75))
IO.inspect(Float.parse("3.14e2xyz"))
IO.inspect(:erlang.float_to_binary(3.14159, decimals: 2))
IO.inspect(:io_lib.format("~.3f ~e ~g ~10.2f|~w", [3.14159, 12345.678, 0.0001, 2.5, 1.0]) |> to_string())
IO.inspect({band(0b1100, 0b1010), bor(12, 3), bxor(12, 10), bnot(5), 1 <<< 70, -17 >>> 2})
IO.inspect(Enum.map([:sin, :cos, :exp, :log2], &Float.round(apply(:math, &1, [2.0]), 10)))
IO.inspect(1 == 1.0)
IO.inspect(1 === 1.0)
IO.inspect(2 ** -2)
IO.inspect(Integer.pow(3, 100))
IO.inspect(Integer.extended_gcd(240, 46))
IO.inspect([0x1F, 0o17, 0b101, ?a, 1_000_000])
IO.inspect(9_007_199_254_740_993 * 1.0)
IO.inspect(Enum.sort([3, 2.5, :a, "s", {1}, [1], %{a: 1}, nil, 10 ** 20]))
IO.inspect(div(10 ** 60, 7 ** 20))
IO.inspect(rem(-(10 ** 60), 7 ** 20))

for f <- [fn -> div(1, Process.get(:n, 0)) end, fn -> :math.sqrt(-1) end, fn -> 10.0 ** 400 end, fn -> 1 + Process.get(:n, :a) end] do
  try do
    IO.inspect(f.())
  rescue
    e -> IO.puts(Exception.message(e))
  end
end
