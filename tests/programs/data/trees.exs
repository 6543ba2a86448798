# Binary search tree with Enumerable, Collectable and Inspect, and a trie.
defmodule Tree do
  defstruct root: nil, size: 0

  def new(items \\ []), do: Enum.into(items, %Tree{})
  def insert(%Tree{root: r, size: s} = t, x) do
    case put(r, x) do
      :same -> t
      r -> %Tree{root: r, size: s + 1}
    end
  end

  def member?(%Tree{root: r}, x), do: find(r, x)
  def depth(%Tree{root: r}), do: deep(r)

  defp put(nil, x), do: {nil, x, nil}
  defp put({_, x, _}, x), do: :same
  defp put({l, y, r}, x) when x < y, do: with({_, _, _} = l <- put(l, x), do: {l, y, r})
  defp put({l, y, r}, x), do: with({_, _, _} = r <- put(r, x), do: {l, y, r})
  defp find(nil, _), do: false
  defp find({_, x, _}, x), do: true
  defp find({l, y, r}, x), do: find(if(x < y, do: l, else: r), x)
  defp deep(nil), do: 0
  defp deep({l, _, r}), do: 1 + max(deep(l), deep(r))

  def walk(nil), do: []
  def walk({l, x, r}), do: walk(l) ++ [x | walk(r)]
end

defimpl Enumerable, for: Tree do
  def count(t), do: {:ok, t.size}
  def member?(t, x), do: {:ok, Tree.member?(t, x)}
  def slice(_), do: {:error, __MODULE__}
  def reduce(t, acc, fun), do: Enumerable.List.reduce(Tree.walk(t.root), acc, fun)
end

defimpl Collectable, for: Tree do
  def into(t), do: {t, fn t, {:cont, x} -> Tree.insert(t, x); t, :done -> t; _, :halt -> :ok end}
end

defimpl Inspect, for: Tree do
  import Inspect.Algebra
  def inspect(t, opts), do: concat(["#Tree<", to_doc(Tree.walk(t.root), opts), ">"])
end

defmodule Trie do
  def add(trie, ""), do: Map.put(trie, :end, true)
  def add(trie, <<c::utf8, rest::binary>>), do: Map.update(trie, c, add(%{}, rest), &add(&1, rest))

  def complete(trie, prefix), do: trie |> down(prefix) |> all(prefix) |> Enum.sort()
  defp down(nil, _), do: %{}
  defp down(trie, ""), do: trie
  defp down(trie, <<c::utf8, rest::binary>>), do: down(trie[c], rest)
  defp all(trie, prefix), do: Enum.flat_map(trie, fn {:end, _} -> [prefix]; {c, t} -> all(t, prefix <> <<c::utf8>>) end)
end

tree = Tree.new([5, 2, 8, 1, 9, 2])
IO.inspect(tree)
IO.inspect({Enum.count(tree), 8 in tree, Tree.depth(tree), Enum.map(tree, &(&1 * 2)), Enum.take(tree, 2), Enum.at(tree, 1)})
IO.inspect(Enum.zip(tree, ~w(a b)))
trie = Enum.reduce(~w(car card care cat dog über), %{}, &Trie.add(&2, &1))
IO.inspect(Trie.complete(trie, "car"))
IO.inspect(Trie.complete(trie, "ü"))
IO.inspect(Trie.complete(trie, "x"))
IO.puts("#{inspect(Tree.new(1..40), limit: 5)}")
