# `Code.require_file` of what is not there.
IO.puts("before")
Code.require_file("not_there.exs", __DIR__)
