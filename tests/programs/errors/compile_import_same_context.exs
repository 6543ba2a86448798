# An import of a module defined in the same context.
defmodule Helpers do
  def help, do: :ok
end

import Helpers
IO.inspect(help())
