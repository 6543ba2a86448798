defmodule WordCount do
  @doc "Counts words, ignoring case and punctuation."
  @spec count(String.t()) :: map
  def count(sentence) do
    ~r/[[:alnum:]]+(?:['’-][[:alnum:]]+)*/u
    |> Regex.scan(String.downcase(sentence))
    |> List.flatten()
    |> Enum.frequencies()
  end
end
