# `System.stop` with a status, after what was written before.
IO.puts("written")
System.stop(5)
Process.sleep(:infinity)
