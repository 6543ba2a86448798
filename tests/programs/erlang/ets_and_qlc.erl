%% ETS from Erlang with fun2ms and qlc.
-module(ets_and_qlc).
-include_lib("stdlib/include/ms_transform.hrl").
-include_lib("stdlib/include/qlc.hrl").
-export([main/0]).

-record(emp, {id, name, dept, pay}).

main() ->
    T = ets:new(emp, [ordered_set, {keypos, #emp.id}]),
    ets:insert(T, [#emp{id = I, name = N, dept = D, pay = P}
                   || {I, N, D, P} <- [{1, ann, it, 500}, {2, bob, hr, 400}, {3, carl, it, 700}, {4, dan, ops, 300}]]),
    io:format("~p~n", [ets:select(T, ets:fun2ms(fun(#emp{name = N, pay = P}) when P > 350, P < 600 -> {N, P} end))]),
    io:format("~p~n", [ets:select_count(T, ets:fun2ms(fun(#emp{dept = it}) -> true end))]),
    Q = qlc:q([{E#emp.name, E#emp.pay} || E <- ets:table(T), E#emp.dept =:= it]),
    io:format("~p~n", [qlc:e(Q)]),
    D = ets:new(dept, [bag]),
    ets:insert(D, [{it, "Computers"}, {hr, "People"}]),
    J = qlc:q([{E#emp.name, Title} || E <- ets:table(T), {Dept, Title} <- ets:table(D), E#emp.dept =:= Dept]),
    io:format("~p~n", [lists:sort(qlc:e(J))]),
    io:format("~p~n", [qlc:fold(fun(E, A) -> E#emp.pay + A end, 0, ets:table(T))]),
    io:format("~p~n", [qlc:e(qlc:sort(qlc:q([E#emp.name || E <- ets:table(T)]), {order, descending}))]),
    io:format("~p~n", [ets:first(T)]),
    {Page, _} = ets:select(T, ets:fun2ms(fun(#emp{id = I}) -> I end), 2),
    io:format("~p~n", [Page]).
