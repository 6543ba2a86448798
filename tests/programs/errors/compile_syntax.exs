# A syntax error: nothing runs.
IO.puts("never")
x = [1, 2
IO.puts(x)
