# ExUnit: doctests that pass and doctests that fail, compiled from source with docs.
ExUnit.start(seed: 0, max_cases: 1, colors: [enabled: false])

source = ~S'''
defmodule Math do
  @moduledoc """
  Arithmetic.

      iex> Math.add(1, 1)
      2
  """

  @doc """
  Adds.

      iex> Math.add(1, 2)
      3

      iex> x = 5
      iex> Math.add(x,
      ...>   x)
      10

      iex> Math.add(1, :a)
      ** (ArithmeticError) bad argument in arithmetic expression
  """
  def add(a, b), do: a + b

  @doc """
  Wrong on purpose.

      iex> Math.double(2)
      5

      iex> Math.double(3)
      6
  """
  def double(a), do: a * 2

  @doc """
      iex> Math.map()
      %{a: 1, b: "two"}

      iex> Math.pid() |> is_pid()
      true
  """
  def map, do: %{a: 1, b: "two"}
  def pid, do: self()
end
'''

dir = Path.join(System.tmp_dir!(), "doctests_#{System.pid()}")
File.mkdir_p!(dir)
file = Path.join(dir, "math.ex")
File.write!(file, source)
{:ok, [_], _} = Kernel.ParallelCompiler.compile_to_path([file], dir, return_diagnostics: true)
Code.prepend_path(dir)
File.cd!(dir)

Code.eval_string("""
defmodule MathTest do
  use ExUnit.Case
  doctest Math
end

defmodule MathSomeTest do
  use ExUnit.Case
  doctest Math, only: [add: 2], import: true
end
""")
