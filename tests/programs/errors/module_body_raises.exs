# A module body that raises.
IO.puts("before")

defmodule Body do
  IO.puts("in the body")
  raise "body fails"
end
