defmodule Crew do
  @moduledoc """
  Starts the workers, and starts them again when they crash.

  Try other strategies: with `:one_for_all` all three begin anew, with `:rest_for_one` the one that crashed and those
  after it. More than three crashes in five seconds, and the supervisor gives up.
  """
  use Supervisor

  @workers [:alice, :bob, :carol]

  def start_link(_options), do: Supervisor.start_link(__MODULE__, :ok, name: __MODULE__)

  def workers, do: @workers

  @impl true
  def init(:ok) do
    Supervisor.init(Enum.map(@workers, &{Worker, &1}), strategy: :one_for_one, max_restarts: 3, max_seconds: 5)
  end
end
