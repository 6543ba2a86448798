# A mini project of twenty modules in files of their own: catalogue, cart, prices, stock, orders, payment, mail, reports.
parts = ~w(money product catalogue stock cart pricing discount tax customer address payment gateway order order_store mailer template event_bus audit report)
# What puts the others together comes behind them: at once, a busy machine may give it up before its structs are there.
modules =
  for files <- [parts, ["shop"]] do
    {:ok, modules, _} = Kernel.ParallelCompiler.require(Enum.map(files, &Path.join([__DIR__, "lib", "#{&1}.ex"])), return_diagnostics: true)
    modules
  end
IO.inspect(length(List.flatten(modules)))
Code.ensure_loaded!(Shop) |> apply(:main, [])
