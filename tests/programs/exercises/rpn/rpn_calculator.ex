defmodule RPNCalculator do
  defmodule DivisionByZeroError do
    defexception message: "division by zero occurred"
  end
  defmodule StackUnderflowError do
    defexception message: "stack underflow occurred"
    @impl true
    def exception([]), do: %StackUnderflowError{}
    def exception(v), do: %StackUnderflowError{message: "stack underflow occurred, context: " <> v}
  end
  def divide([0, _]), do: raise(DivisionByZeroError)
  def divide([a, b]), do: div(b, a)
  def divide(_), do: raise(StackUnderflowError, "when dividing")
  def calculate!(stack, op), do: op.(stack)
  def calculate(stack, op) do
    {:ok, op.(stack)}
  rescue
    e -> {:error, Exception.message(e)}
  end
  def calculate_verbose(stack, op) do
    {:ok, op.(stack)}
  rescue
    e in [ArgumentError, RuntimeError] -> {:error, e.__struct__, e.message}
    e in ArithmeticError -> {:error, e}
  after
    send(self(), :done)
  end
end
