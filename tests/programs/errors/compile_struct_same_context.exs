# A struct used in the context that defines it.
defmodule Address do
  defstruct [:street]
end

IO.inspect(%Address{})
