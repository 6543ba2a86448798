# `System.argv` and OptionParser.
# Arguments: --name Ann -v 3 file.txt --no-color -- rest
argv = System.argv()
IO.inspect(argv)

{opts, args, invalid} =
  OptionParser.parse(argv, strict: [name: :string, verbose: :integer, color: :boolean], aliases: [v: :verbose])

IO.inspect(opts)
IO.inspect(args)
IO.inspect(invalid)
IO.inspect(OptionParser.parse(["--what", "x"], strict: []))
IO.inspect(OptionParser.split("a 'b c' \"d e\""))
IO.inspect(OptionParser.to_argv(name: "Bob", color: false))

try do
  OptionParser.parse!(["--verbose", "many"], strict: [verbose: :integer])
rescue
  e -> IO.puts(Exception.message(e))
end
