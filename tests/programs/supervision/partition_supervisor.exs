# PartitionSupervisor: routing by key, partitions, arguments with the partition's number.
{:ok, _} = PartitionSupervisor.start_link(child_spec: {Agent, fn -> 0 end}, name: Counters, partitions: 4)
for i <- 1..100, do: Agent.update({:via, PartitionSupervisor, {Counters, i}}, &(&1 + 1))
IO.inspect(PartitionSupervisor.partitions(Counters))
counts = for {id, pid, :worker, _} <- PartitionSupervisor.which_children(Counters), do: {id, Agent.get(pid, & &1)}
IO.inspect(Enum.sort(counts))
IO.inspect(PartitionSupervisor.count_children(Counters))

{:ok, _} =
  PartitionSupervisor.start_link(
    child_spec: DynamicSupervisor,
    name: Dynamic,
    partitions: 2
  )

{:ok, pid} = DynamicSupervisor.start_child({:via, PartitionSupervisor, {Dynamic, :some_key}}, {Agent, fn -> :in_partition end})
IO.inspect(Agent.get(pid, & &1))

{:ok, _} =
  PartitionSupervisor.start_link(
    child_spec: Agent.child_spec([]),
    name: WithArgs,
    partitions: 3,
    with_arguments: fn [_], partition -> [fn -> partition * 10 end] end
  )

IO.inspect(for i <- 0..5, do: Agent.get({:via, PartitionSupervisor, {WithArgs, i}}, & &1))
