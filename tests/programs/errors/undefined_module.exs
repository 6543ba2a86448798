# A call of a module that does not exist, with the hint that looks for similar names.
IO.puts("before")
apply(Strin, :upcase, ["x"])
