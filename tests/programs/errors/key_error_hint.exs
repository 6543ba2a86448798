# KeyError with "did you mean" on a map and a struct.
user = %{name: "Ann", email: "a@b"}

try do
  Map.get(user, :nmae) || user.nmae
rescue
  e in KeyError -> IO.puts(Exception.message(Exception.blame(:error, e, __STACKTRACE__) |> elem(0)))
end

user.emial
