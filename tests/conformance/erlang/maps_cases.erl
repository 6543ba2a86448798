-module(maps_cases).
-compile([no_copt, no_type_opt, no_ssa_opt, nowarn_export_all, export_all]).
-include("cases.hrl").

id(X) -> X.

large() -> maps:from_list([{I, I * I} || I <- lists:seq(1, 100)]).

mixed() -> maps:from_list([{K, x} || K <- [1, 1.0, a, "s", <<"b">>, {}, {1, 2}, [], [1], #{}, #{a => 1}, 1 bsl 70, -1, 0.5, <<1:3>>]]).

funs() -> [fun ?MODULE:zz/0, fun lists:reverse/1, fun ?MODULE:aa/0, fun lists:append/1, fun erlang:apply/2, fun lists:append/2].

local_funs() -> X = id(x), [fun() -> {c, X} end, fun() -> {b, X} end, fun() -> {a, X} end].

cases() ->
    [?C(#{a => 1, b => 2}),
     ?C((id(#{a => 1}))#{b => 2, a => 3}),
     ?C((id(#{a => 1}))#{b := 2}),
     ?C((id(x))#{b => 2}),
     ?C((id(x))#{b := 2}),
     ?C(begin #{a := V} = id(#{a => 1}), V end),
     ?C(begin #{z := V} = id(#{a => 1}), V end),
     ?C(begin K = id({1, 2}), #{K := V} = #{{1, 2} => yes}, V end),
     ?C(maps:get(a, #{})), ?C(maps:get(a, #{}, d)), ?C(maps:get(a, id(b))), ?C(map_get(a, id(#{}))), ?C(map_get(a, id(1))),
     ?C(is_map_key(a, id([]))), ?C(map_size(id([]))), ?C(map_size(large())),
     ?C(maps:keys(mixed())), ?C(maps:values(#{1 => a, 2 => b})), ?SINCE(27, maps:to_list(large())),
     ?C(lists:sort(maps:keys(large())) =:= lists:seq(1, 100)),
     ?SINCE(27, maps:keys(maps:from_list([{integer_to_binary(I), I} || I <- lists:seq(1, 200)]))),
     ?SINCE(27, maps:keys(maps:from_list([{float(I), I} || I <- lists:seq(1, 50)]))),
     ?SINCE(27, maps:keys(maps:from_list([{{I, -I}, I} || I <- lists:seq(1, 50)]))),
     ?SINCE(27, maps:keys(maps:from_list([{[I], I} || I <- lists:seq(1, 50)]))),
     ?SINCE(27, maps:keys(maps:from_list([{1 bsl I, I} || I <- lists:seq(40, 120)]))),
     ?SINCE(27, maps:keys(maps:from_list([{-(1 bsl I), I} || I <- lists:seq(40, 120)]))),
     ?SINCE(27, maps:keys(maps:from_list([{<<I:11>>, I} || I <- lists:seq(1, 60)]))),
     ?SINCE(27, maps:keys(maps:from_list([{#{I => I}, I} || I <- lists:seq(1, 60)]))),
     ?C(maps:put(a, 1, id(foo))), ?SINCE(27, maps:remove(5, large())), ?C(maps:remove(a, id({}))),
     ?C(maps:take(a, #{a => 1, b => 2})), ?C(maps:take(z, #{})),
     ?C(maps:find(1, large())), ?C(maps:find(x, #{})), ?C(maps:find(x, id(1))),
     ?C(maps:update(a, 2, #{a => 1})), ?C(maps:update(b, 2, #{a => 1})),
     ?C(maps:update_with(a, fun(V) -> V + 1 end, #{a => 1})), ?C(maps:update_with(b, fun(V) -> V + 1 end, #{a => 1})),
     ?C(maps:update_with(b, fun(V) -> V + 1 end, 7, #{a => 1})),
     ?C(maps:merge(#{a => 1, b => 2}, #{b => 3, c => 4})), ?C(maps:merge(large(), #{1 => x}) =:= (large())#{1 => x}),
     ?C(maps:merge(#{}, id(a))), ?C(maps:merge_with(fun(_, A, B) -> A + B end, #{a => 1, b => 2}, #{b => 3})),
     ?C(maps:intersect(#{a => 1, b => 2}, #{b => 3})), ?C(maps:intersect_with(fun(_, A, B) -> {A, B} end, #{a => 1, b => 2}, #{b => 3})),
     ?C(maps:with([a, z], #{a => 1, b => 2})), ?C(maps:without([a], #{a => 1, b => 2})),
     ?C(maps:filter(fun(_, V) -> V > 1 end, #{a => 1, b => 2})), ?C(maps:filtermap(fun(_, V) -> {true, V * 2} end, #{a => 1})),
     ?C(maps:map(fun(K, V) -> {K, V} end, #{a => 1})), ?C(maps:fold(fun(_, V, A) -> V + A end, 0, large())),
     ?C(maps:map(fun(V) -> V end, #{a => 1})),
     ?C(maps:from_list([{a, 1}, {a, 2}])), ?C(maps:from_list([{a, 1}, x])), ?C(maps:from_list(id(x))),
     ?C(maps:from_keys([a, b, a], v)), ?C(maps:from_keys(id([a | b]), v)),
     ?C(maps:groups_from_list(fun(X) -> X rem 2 end, [1, 2, 3])),
     ?C(maps:iterator(id(#{a => 1}))), ?C(maps:next(maps:iterator(#{a => 1}))), ?C(maps:next(maps:iterator(#{}))),
     ?SINCE(27, walk(maps:iterator(large()))),
     ?C(maps:next(id(foo))),
     ?C(maps:foreach(fun(_, _) -> ok end, #{a => 1})),
     ?C(maps:size(id(1))), ?C(maps:is_key(a, #{a => 1})),
     ?C(#{1 => a} =:= #{1.0 => a}), ?C(#{1 => a} == #{1.0 => a}), ?C(#{1 => 2} == id(#{1 => 2.0})), ?C(#{1 => 2} =:= id(#{1 => 2.0})),
     ?C(lists:sort([#{a => 2}, #{a => 1}, #{}, #{b => 0}, #{a => 1, b => 1}, #{1 => 1}, #{1.0 => 1}])),
     ?C(#{a => 1} < #{b => 0}), ?C(#{1 => 1, 2.0 => 0} < #{1.0 => 1, 2 => 0}),
     ?C(large() < (large())#{1 => 0}), ?C(large() == (large())#{1 => 1.0}),
     ?C(grow_and_shrink(500)),
     ?C(maps:keys(maps:from_list([{F, x} || F <- funs()]))), ?C(maps:keys(maps:from_keys(lists:reverse(funs()), x))),
     ?C(maps:keys(lists:foldl(fun(F, M) -> M#{F => x} end, #{fun lists:sort/1 => y}, funs()))),
     ?C(maps:keys(maps:merge(maps:from_keys(funs(), x), #{fun lists:last/1 => y, fun lists:all/2 => z}))),
     ?C([[A < B || B <- funs()] || A <- funs()]), ?C(lists:sort(funs())),
     ?C(begin L = local_funs(), [maps:values(maps:from_list(lists:zip(P, lists:seq(1, 3)))) || P <- [L, lists:reverse(L)]] end),
     ?C(begin L = local_funs(), [[A < B || B <- L] || A <- L] end),
     ?C(map_size(lists:foldl(fun(I, M) -> M#{I rem 37 => I} end, #{}, lists:seq(1, 1000)))),
     ?C(erlang:phash2(large())), ?C(erlang:phash2(mixed())),
     ?C(term_to_binary(large(), [deterministic]) =:= term_to_binary(binary_to_term(term_to_binary(large())), [deterministic])),
     ?SINCE(27, erlang:md5(term_to_binary(large()))),
     ?SINCE(27, [K || {K, _} <- maps:to_list(maps:from_list([{I * 7919, I} || I <- lists:seq(1, 100)]))]),
     ?C(classify(#{type => circle, r => 2})), ?C(classify(#{type => square, side => 3})), ?C(classify(#{})), ?C(classify([]))
    ].

walk(I) ->
    case maps:next(I) of
        none -> [];
        {K, V, Next} -> [{K, V} | walk(Next)]
    end.

%% A map that grows to many keys and becomes small again, with a check on the way.
grow_and_shrink(N) ->
    Up = lists:foldl(fun(I, M) -> M#{{key, I} => I} end, #{}, lists:seq(1, N)),
    Half = lists:foldl(fun(I, M) -> maps:remove({key, I}, M) end, Up, lists:seq(1, N, 2)),
    Down = lists:foldl(fun(I, M) -> maps:remove({key, I}, M) end, Half, lists:seq(1, N - 5)),
    {map_size(Up), map_size(Half), lists:sum(maps:values(Half)), Down}.

classify(#{type := circle, r := R}) when R > 1 -> {circle, R};
classify(#{type := square, side := S}) -> {square, S};
classify(M) when is_map_key(type, M); map_size(M) =:= 0 -> other.
