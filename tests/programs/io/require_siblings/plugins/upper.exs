defmodule Plugins.Upper do
  def run(s), do: String.upcase(s)
end
