# What reaches outside fails as on a system that lacks it: the errors are values that programs can handle.
IO.inspect(File.read("/nonexistent/file"))
IO.inspect(File.ls("/nonexistent"))
IO.inspect(File.mkdir("/nonexistent/a"))
IO.inspect(System.get_env("SURELY_NOT_SET"))
System.put_env("OWN", "1")
IO.inspect({System.get_env("OWN"), System.fetch_env("OWN")})
IO.inspect(System.find_executable("surely_not_there"))

try do
  System.cmd("surely_not_there", [])
rescue
  e -> IO.inspect(e)
end

try do
  File.read!("missing.txt")
rescue
  e -> IO.puts(Exception.message(e))
end

IO.inspect(:file.consult("missing.txt"))
