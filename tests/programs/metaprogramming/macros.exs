# Macros: quote and unquote, hygiene, bind_quoted, `var!`, macros that define functions, `__using__`, compile hooks.
defmodule Control do
  defmacro unless_(condition, do: block), do: quote(do: if(!unquote(condition), do: unquote(block)))
  defmacro while(condition, do: block) do
    quote do
      try do
        for _ <- Stream.cycle([:ok]), do: if(unquote(condition), do: unquote(block), else: throw(:break))
      catch
        :break -> :ok
      end
    end
  end
  defmacro assign_hygienic, do: quote(do: x = 99)
  defmacro assign_unhygienic, do: quote(do: var!(x) = 99)
  defmacro show(expr), do: quote(do: IO.puts("#{unquote(Macro.to_string(expr))} = #{inspect(unquote(expr))}"))
  defmacro twice(expr), do: quote(bind_quoted: [e: expr], do: {e, e})
end

defmodule Accessors do
  defmacro __using__(fields) do
    quote bind_quoted: [fields: fields] do
      @before_compile Accessors
      @after_compile {Accessors, :report}
      Module.register_attribute(__MODULE__, :step, accumulate: true)
      import Accessors, only: [step: 2]
      defstruct fields
      for {name, _} <- fields do
        def unquote(name)(s), do: Map.fetch!(s, unquote(name))
        def unquote(:"put_#{name}")(s, v), do: Map.put(s, unquote(name), v)
      end
    end
  end

  defmacro step(name, do: body) do
    quote do
      @step unquote(name)
      def unquote(name)(), do: unquote(body)
    end
  end

  defmacro __before_compile__(env) do
    steps = env.module |> Module.get_attribute(:step) |> Enum.reverse()
    quote do
      def run_all, do: Enum.map(unquote(steps), &{&1, apply(__MODULE__, &1, [])})
    end
  end

  def report(env, bytes), do: IO.puts("compiled #{inspect(env.module)} #{is_binary(bytes)}")
end

defmodule Point do
  use Accessors, x: 0, y: 0
  step(:first, do: 1 + 1)
  step(:second, do: String.upcase("two"))
end

defmodule Demo do
  require Control
  import Control, only: [while: 2]

  def run do
    x = 1
    Control.assign_hygienic()
    IO.inspect(x)
    Control.assign_unhygienic()
    IO.inspect(x)
    Control.unless_(false, do: IO.puts("ran"))
    Control.show(1 + 2 * x)
    Control.show(Enum.map([1, 2], &(&1 + 1)))
    IO.inspect(Control.twice(:counters.add(:persistent_term.get(:c), 1, 1)))
    IO.inspect(:counters.get(:persistent_term.get(:c), 1))
    {:ok, a} = Agent.start_link(fn -> 3 end)
    while Agent.get(a, & &1) > 0 do
      IO.puts("loop #{Agent.get_and_update(a, &{&1, &1 - 1})}")
    end
  end
end

:persistent_term.put(:c, :counters.new(1, []))
Demo.run()
p = struct(Point, x: 1)
IO.inspect({Point.x(p), Point.put_y(p, 5), Point.run_all()})
IO.inspect(Macro.expand_once(quote(do: unless(a, do: b)), __ENV__) |> Macro.to_string())
