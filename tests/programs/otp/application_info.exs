# Applications: environment, what is started, spec of an application, `Application.ensure_all_started`.
Application.put_env(:my_app, :key, %{a: 1})
IO.inspect(Application.get_env(:my_app, :key))
IO.inspect(Application.fetch_env(:my_app, :none))
IO.inspect(Application.get_env(:my_app, :none, :default))
IO.inspect(Application.get_all_env(:my_app))
Application.delete_env(:my_app, :key)
started = Application.started_applications() |> Enum.map(&elem(&1, 0)) |> Enum.sort()
IO.inspect(Enum.filter(started, &(&1 in [:kernel, :stdlib, :elixir, :compiler, :logger])))
IO.inspect(Application.ensure_all_started(:ex_unit))
IO.inspect(Application.ensure_all_started(:eex))
IO.inspect(Application.spec(:elixir, :vsn) |> to_string() == System.version())
IO.inspect(Application.ensure_started(:nonexistent_app))
IO.inspect(Application.get_application(Enum))
IO.inspect(Application.get_application(GenServer))
IO.inspect(Application.load(:crypto) in [:ok, {:error, {:already_loaded, :crypto}}])

try do
  Application.fetch_env!(:my_app, :gone)
rescue
  e -> IO.puts(Exception.message(e))
end

defmodule MyApp do
  use Application
  @impl true
  def start(type, args) do
    IO.inspect({:starting, type, args})
    Supervisor.start_link([{Agent, fn -> :from_app end}], strategy: :one_for_one, name: MyApp.Supervisor)
  end
  @impl true
  def prep_stop(s), do: (IO.puts("prep_stop"); s)
  @impl true
  def stop(_), do: IO.puts("stopped")
end

Logger.configure(level: :error)
:ok = :application.load({:application, :own_app, description: ~c"own", vsn: ~c"0.1", modules: [MyApp], registered: [], applications: [:kernel, :stdlib, :elixir], env: [colour: :red], mod: {MyApp, [:arg]}})
IO.inspect(Application.start(:own_app))
IO.inspect(Application.get_env(:own_app, :colour))
IO.inspect(Supervisor.count_children(MyApp.Supervisor).active)
IO.inspect(Application.stop(:own_app))
IO.inspect(Process.whereis(MyApp.Supervisor))
