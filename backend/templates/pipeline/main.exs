words = ~w(every process has a mailbox and nobody shares memory)

{:ok, source} = Stage.source(words)
{:ok, upper} = Stage.start_link(source, &String.upcase/1)

{:ok, slow} =
  Stage.start_link(upper, fn word ->
    Process.sleep(20)
    {word, String.length(word)}
  end)

{:ok, text} = Stage.start_link(slow, fn {word, length} -> "#{word} (#{length})" end)

text |> Stage.collect() |> Enum.each(&IO.puts/1)
