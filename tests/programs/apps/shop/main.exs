# A mini project of twenty modules in files of their own: catalogue, cart, prices, stock, orders, payment, mail, reports.
files = ~w(money product catalogue stock cart pricing discount tax customer address payment gateway order order_store mailer template event_bus audit report shop)
{:ok, modules, _} = Kernel.ParallelCompiler.require(Enum.map(files, &Path.join([__DIR__, "lib", "#{&1}.ex"])), return_diagnostics: true)
IO.inspect(length(modules))
Code.ensure_loaded!(Shop) |> apply(:main, [])
