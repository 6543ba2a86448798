# Logger to the console: levels, metadata, lazy messages, structured reports, level changes; text goes to stderr by our choice.
require Logger
:logger.update_handler_config(:default, :config, %{type: :standard_error})
:ok = :logger.remove_handler(:default)
:ok = :logger.add_handler(:mine, :logger_std_h, %{config: %{type: :standard_io}, formatter: Logger.Formatter.new(format: "[$level] $metadata$message\n", metadata: [:user, :n])})
Logger.info("plain")
Logger.warning("with metadata", user: "ann", n: 3)
Logger.debug(fn -> "lazy #{1 + 1}" end)
Logger.error(["iodata ", ~c"list"])
Logger.metadata(user: "bob")
Logger.notice("process metadata")
Logger.configure(level: :warning)
Logger.info("not shown")
Logger.critical("shown")
Logger.flush()
IO.inspect({Logger.level(), Logger.enabled?(self()), Logger.metadata()})
Logger.put_process_level(self(), :debug)
Logger.debug("by process level")
Logger.delete_process_level(self())
Logger.error(%{report: :map})
Logger.error(report: :keyword)
Logger.configure(level: :all)
:logger.info("erlang ~p", [:format])
:logger.set_module_level(Other, :error)
Logger.flush()
IO.inspect(Logger.compare_levels(:info, :error))
Logger.bare_log(:alert, "bare")
Logger.disable(self())
Logger.error("disabled")
Logger.enable(self())

defmodule Handler do
  def log(%{level: l, msg: {:string, m}}, %{config: %{pid: pid}}), do: send(pid, {:logged, l, IO.chardata_to_string(m)})
  def log(_, _), do: :ok
end

:ok = :logger.add_handler(:own, Handler, %{config: %{pid: self()}})
Logger.info("to own handler")
Logger.flush()
receive do m -> IO.inspect(m) end
