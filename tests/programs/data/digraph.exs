# Graphs with `:digraph`: topological order, cycles, paths, components.
g = :digraph.new()
for v <- ~w(shirt tie jacket trousers shoes belt socks)a, do: :digraph.add_vertex(g, v, "label #{v}")

for {a, b} <- [shirt: :tie, tie: :jacket, trousers: :shoes, trousers: :belt, belt: :jacket, socks: :shoes],
    do: :digraph.add_edge(g, a, b)

order = :digraph_utils.topsort(g)
before? = fn a, b -> Enum.find_index(order, &(&1 == a)) < Enum.find_index(order, &(&1 == b)) end
IO.inspect(Enum.map([shirt: :jacket, socks: :shoes, trousers: :jacket], fn {a, b} -> before?.(a, b) end))
IO.inspect({:digraph.no_vertices(g), :digraph.no_edges(g), :digraph_utils.is_acyclic(g)})
IO.inspect(:digraph.get_short_path(g, :trousers, :jacket))
IO.inspect(Enum.sort(:digraph.in_neighbours(g, :jacket)))
IO.inspect(Enum.sort(:digraph_utils.reachable([:shirt], g)))
:digraph.add_edge(g, :jacket, :trousers)
IO.inspect({:digraph_utils.is_acyclic(g), Enum.sort(:digraph.get_cycle(g, :belt))})
IO.inspect(:digraph.vertex(g, :tie))
IO.inspect(:digraph_utils.components(g) |> Enum.map(&length/1))
IO.inspect(:digraph_utils.strong_components(g) |> Enum.map(&length/1) |> Enum.sort())
IO.inspect(:digraph.delete(g))
acyclic = :digraph.new([:acyclic])
:digraph.add_vertex(acyclic, 1)
:digraph.add_vertex(acyclic, 2)
:digraph.add_edge(acyclic, 1, 2)
IO.inspect(:digraph.add_edge(acyclic, 2, 1))
