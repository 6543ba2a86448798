defmodule PhoneNumber do
  @re ~r/\A\s*(?:\+?1)?[\s.-]*\(?(?<area>\d{3})\)?[\s.-]*(?<exchange>\d{3})[\s.-]*(?<subscriber>\d{4})\s*\z/x
  def clean(raw) do
    cond do
      raw =~ ~r/[a-z]/i -> {:error, "must contain digits only"}
      String.replace(raw, ~r/\D/, "") |> String.length() < 10 -> {:error, "must not be fewer than 10 digits"}
      String.replace(raw, ~r/\D/, "") |> String.length() > 11 -> {:error, "must not be greater than 11 digits"}
      true -> named(Regex.named_captures(@re, raw))
    end
  end
  defp named(nil), do: {:error, "11 digits must start with 1"}
  defp named(%{"area" => "0" <> _}), do: {:error, "area code cannot start with zero"}
  defp named(%{"area" => "1" <> _}), do: {:error, "area code cannot start with one"}
  defp named(%{"exchange" => "0" <> _}), do: {:error, "exchange code cannot start with zero"}
  defp named(%{"exchange" => "1" <> _}), do: {:error, "exchange code cannot start with one"}
  defp named(%{"area" => a, "exchange" => e, "subscriber" => s}), do: {:ok, a <> e <> s}
end
