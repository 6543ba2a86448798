# Matrices as lists of lists and as tuples: product, transpose, determinant with fractions, power of a matrix.
defmodule Frac do
  defstruct [:n, :d]
  def new(n, d \\ 1) do
    g = Integer.gcd(n, d) * if(d < 0, do: -1, else: 1)
    %Frac{n: div(n, g), d: div(d, g)}
  end

  def mul(a, b), do: new(a.n * b.n, a.d * b.d)
  def sub(a, b), do: new(a.n * b.d - b.n * a.d, a.d * b.d)
  def dv(a, b), do: new(a.n * b.d, a.d * b.n)

  defimpl String.Chars do
    def to_string(%{n: n, d: 1}), do: "#{n}"
    def to_string(%{n: n, d: d}), do: "#{n}/#{d}"
  end
end

defmodule Matrix do
  def transpose(m), do: Enum.zip_with(m, & &1)
  def mul(a, b), do: for(r <- a, do: for(c <- transpose(b), do: Enum.zip_with(r, c, &*/2) |> Enum.sum()))
  def identity(n), do: for(i <- 1..n, do: for(j <- 1..n, do: if(i == j, do: 1, else: 0)))
  def pow(m, 0), do: identity(length(m))
  def pow(m, n) when rem(n, 2) == 0, do: pow(mul(m, m), div(n, 2))
  def pow(m, n), do: mul(m, pow(m, n - 1))

  def det(m), do: m |> Enum.map(fn r -> Enum.map(r, &Frac.new/1) end) |> det(Frac.new(1))
  defp det([], acc), do: acc

  defp det(rows, acc) do
    case Enum.split_while(rows, &(hd(&1).n == 0)) do
      {_, []} -> Frac.new(0)
      {zeros, [[p | pr] | rest]} ->
        sign = Frac.new(if rem(length(zeros), 2) == 0, do: 1, else: -1)
        below = for [h | t] <- zeros ++ rest, f = Frac.dv(h, p), do: Enum.zip_with(t, pr, &Frac.sub(&1, Frac.mul(f, &2)))
        det(below, acc |> Frac.mul(p) |> Frac.mul(sign))
    end
  end
end

IO.inspect(Matrix.transpose([[1, 2, 3], [4, 5, 6]]))
IO.inspect(Matrix.mul([[1, 2], [3, 4]], [[5, 6], [7, 8]]))
IO.inspect(Matrix.pow([[1, 1], [1, 0]], 150) |> hd() |> Enum.at(1))
IO.puts(Matrix.det([[2, 1, 3], [0, 4, 1], [5, 6, 0]]))
IO.puts(Matrix.det([[0, 1], [1, 0]]))
IO.puts(Frac.dv(Frac.new(3, 4), Frac.new(-9, 8)))
