# A Brainfuck interpreter with a compiled jump table and a zipper for the tape.
defmodule Brainfuck do
  def run(source, input \\ "") do
    code = source |> String.to_charlist() |> Enum.filter(&(&1 in ~c"+-<>.,[]")) |> List.to_tuple()
    exec(code, jumps(code), 0, {[], 0, []}, String.to_charlist(input), [])
  end

  defp jumps(code) do
    {table, []} =
      for i <- 0..(tuple_size(code) - 1), elem(code, i) in ~c"[]", reduce: {%{}, []} do
        {t, stack} ->
          case {elem(code, i), stack} do
            {?[, s} -> {t, [i | s]}
            {?], [open | s]} -> {t |> Map.put(open, i) |> Map.put(i, open), s}
          end
      end
    table
  end

  defp exec(code, _, pc, _, _, out) when pc >= tuple_size(code), do: out |> Enum.reverse() |> List.to_string()
  defp exec(code, j, pc, {l, c, r} = tape, input, out) do
    case elem(code, pc) do
      ?+ -> exec(code, j, pc + 1, {l, rem(c + 1, 256), r}, input, out)
      ?- -> exec(code, j, pc + 1, {l, rem(c + 255, 256), r}, input, out)
      ?> -> exec(code, j, pc + 1, (case r do [h | t] -> {[c | l], h, t}; [] -> {[c | l], 0, []} end), input, out)
      ?< -> exec(code, j, pc + 1, (case l do [h | t] -> {t, h, [c | r]}; [] -> {[], 0, [c | r]} end), input, out)
      ?. -> exec(code, j, pc + 1, tape, input, [c | out])
      ?, -> ([h | t] = if(input == [], do: [0], else: input); exec(code, j, pc + 1, {l, h, r}, t, out))
      ?[ -> exec(code, j, if(c == 0, do: j[pc] + 1, else: pc + 1), tape, input, out)
      ?] -> exec(code, j, if(c != 0, do: j[pc] + 1, else: pc + 1), tape, input, out)
    end
  end
end

IO.write(Brainfuck.run("++++++++[>++++[>++>+++>+++>+<<<<-]>+>+>->>+[<]<-]>>.>---.+++++++..+++.>>.<-.<.+++.------.--------.>>+.>++."))
IO.puts(Brainfuck.run(",[.,]", "echo"))
IO.puts(Brainfuck.run(">,[>,]<[.<]", "reverse"))
