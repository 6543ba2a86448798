# `with`, `cond`, `if`, `unless` and `for` with `:reduce`, `:into`, `:uniq` and filters.
defmodule Order do
  def total(params) do
    with {:ok, price} <- fetch(params, :price),
         {:ok, count} <- fetch(params, :count),
         true <- count > 0 || {:error, :empty},
         subtotal = price * count do
      {:ok, subtotal}
    else
      {:error, reason} -> {:error, reason}
      :error -> {:error, :missing}
    end
  end

  defp fetch(params, key) do
    case Map.fetch(params, key) do
      {:ok, n} when is_integer(n) -> {:ok, n}
      {:ok, other} -> {:error, {:not_a_number, other}}
      :error -> :error
    end
  end
end

for params <- [%{price: 3, count: 4}, %{price: 3}, %{price: "3", count: 1}, %{price: 1, count: 0}] do
  IO.inspect(Order.total(params))
end

grade = fn score ->
  cond do
    score >= 90 -> :a
    score >= 80 -> :b
    true -> :f
  end
end

IO.inspect(Enum.map([95, 85, 20], grade))
IO.inspect(if(nil, do: 1))
IO.inspect(for x <- 1..4, y <- x..4, rem(x + y, 2) == 0, do: {x, y})
IO.inspect(for {k, v} <- [a: 1, b: 2], into: %{}, do: {v, k})
IO.inspect(for c <- [1, 1, 2, 3, 3], uniq: true, do: c * c)
IO.inspect(for w <- ~w(a b a c a), reduce: %{} do acc -> Map.update(acc, w, 1, &(&1 + 1)) end)
IO.inspect(for <<r::8, g::8, b::8 <- <<1, 2, 3, 4, 5, 6>> >>, do: {r, g, b})
IO.inspect(for(<<c <- "hello">>, into: "", do: <<c + 1>>))
IO.inspect(for {:ok, v} <- [{:ok, 1}, :error, {:ok, 2}], do: v)

try do
  cond do
    Process.get(:x) -> 1
  end
rescue
  e -> IO.inspect(e)
end

try do
  with {:ok, v} <- Process.get(:x, :bad) do
    v
  else
    :worse -> 1
  end
rescue
  e -> IO.puts(Exception.message(e))
end
