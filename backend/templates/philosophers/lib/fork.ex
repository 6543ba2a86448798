defmodule Fork do
  @moduledoc "A fork is on the table or in one hand. Whoever wants it meanwhile waits in line."
  use GenServer

  def start_link(_options \\ []), do: GenServer.start_link(__MODULE__, :ok)

  def take(fork, patience), do: GenServer.call(fork, :take, patience)

  def put(fork), do: GenServer.cast(fork, {:put, self()})

  @impl true
  def init(:ok), do: {:ok, %{holder: nil, line: :queue.new()}}

  @impl true
  def handle_call(:take, {pid, _tag}, %{holder: nil} = fork), do: {:reply, :ok, %{fork | holder: pid}}
  def handle_call(:take, from, fork), do: {:noreply, %{fork | line: :queue.in(from, fork.line)}}

  @impl true
  def handle_cast({:put, pid}, %{holder: pid} = fork) do
    case :queue.out(fork.line) do
      {{:value, {next, _tag} = from}, line} ->
        GenServer.reply(from, :ok)
        {:noreply, %{fork | holder: next, line: line}}

      {:empty, line} ->
        {:noreply, %{fork | holder: nil, line: line}}
    end
  end

  def handle_cast({:put, _other}, fork), do: {:noreply, fork}
end
