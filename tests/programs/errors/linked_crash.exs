# A linked process that crashes takes the program with it.
Logger.configure(level: :none)
pid = spawn_link(fn -> receive do :go -> raise "linked crash" end end)
IO.puts("linked")
send(pid, :go)
Process.sleep(1000)
IO.puts("never")
