%% Records, maps, macros, typed records, record info.
-module(records_and_maps).
-export([main/0]).

-record(address, {street = "none" :: string(), city}).
-record(person, {name, age = 0 :: integer(), address = #address{}}).
-define(ADULT, 18).
-define(IS_ADULT(P), (P#person.age >= ?ADULT)).

main() ->
    P = #person{name = "Ann", age = 41, address = #address{city = oslo}},
    io:format("~p~n", [P]),
    P2 = P#person{age = 12, address = (P#person.address)#address{street = "Main"}},
    io:format("~p ~p~n", [?IS_ADULT(P), ?IS_ADULT(P2)]),
    io:format("~p~n", [record_info(fields, person)]),
    io:format("~p ~p~n", [#person.age, is_record(P, person)]),
    #person{name = N, address = #address{city = C}} = P,
    io:format("~s lives in ~s~n", [N, C]),
    M = #{a => 1, "b" => [2], {c, 3} => #{d => 4}},
    #{{c, 3} := #{d := D}} = M,
    io:format("~p ~p~n", [D, maps:get(a, M)]),
    M2 = M#{a := 10, e => 5},
    io:format("~p~n", [lists:sort(maps:values(maps:filter(fun(_, V) -> is_integer(V) end, M2)))]),
    io:format("~p~n", [maps:fold(fun(_, V, Acc) when is_integer(V) -> V + Acc; (_, _, Acc) -> Acc end, 0, M2)]),
    io:format("~p~n", [maps:to_list(maps:map(fun(_, V) -> V * V end, #{1 => 2, 2 => 3}))]),
    io:format("~p~n", [element(1, element(2, (catch maps:get(zzz, M))))]),
    io:format("~p~n", [try M#{zzz := 1} catch error:E -> E end]),
    io:format("~p~n", [#{K => V * 2 || K := V <- #{1 => 1, 2 => 2}}]),
    io:format("~w ~s ~p~n", [?MODULE, ?FUNCTION_NAME, ?LINE]),
    I = maps:iterator(#{k => v}),
    io:format("~p~n", [maps:next(I)]).
