# Runs `main/0` of the Erlang module that the first argument names.
System.argv() |> hd() |> String.to_atom() |> apply(:main, [])
