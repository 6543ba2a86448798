# A missing `end` is reported with its hint.
defmodule M do
  def f(x) do
    if x do
      1
  end

  def g, do: 2
end
