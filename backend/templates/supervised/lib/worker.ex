defmodule Worker do
  @moduledoc "Counts its jobs, and crashes when it is given a bad one."
  use GenServer

  def start_link(name), do: GenServer.start_link(__MODULE__, name, name: name)

  def child_spec(name), do: %{id: name, start: {__MODULE__, :start_link, [name]}}

  def work(name, job), do: GenServer.call(name, {:work, job})

  def jobs(name), do: GenServer.call(name, :jobs)

  @impl true
  def init(name) do
    IO.puts("#{name} starts as #{inspect(self())}")
    {:ok, 0}
  end

  @impl true
  def handle_call({:work, {a, b}}, _from, jobs), do: {:reply, div(a, b), jobs + 1}
  def handle_call(:jobs, _from, jobs), do: {:reply, jobs, jobs}
end
