%% List and binary comprehensions, bit syntax, funs, higher order functions, string formatting.
-module(bits_and_lists).
-export([main/0]).

main() ->
    io:format("~p~n", [[{X, Y} || X <- lists:seq(1, 3), Y <- "ab", X rem 2 =:= 1]]),
    io:format("~p~n", [<< <<(X * 2)>> || <<X>> <= <<1, 2, 3>> >>]),
    io:format("~p~n", [[X || <<X:4>> <= <<16#AB, 16#CD>>]]),
    <<Len:16/little, Body:Len/binary, Rest/bitstring>> = <<3, 0, "abc", 1:3>>,
    io:format("~p ~p ~p~n", [Len, Body, Rest]),
    io:format("~w~n", [<<1.5/float, -1:8/signed, "å"/utf8, 7:3>>]),
    io:format("~p~n", [lists:foldr(fun(X, A) -> [X * X | A] end, [], [1, 2, 3])]),
    io:format("~p~n", [lists:sort(fun(A, B) -> A >= B end, [3, 1, 2])]),
    io:format("~p~n", [quicksort([5, 3, 8, 1, 9, 2])]),
    io:format("~p~n", [[perms(L) || L <- [[a, b, c]]]]),
    F = fun Fact(0) -> 1; Fact(N) -> N * Fact(N - 1) end,
    io:format("~p~n", [F(25)]),
    io:format("~p~n", [lists:zipwith3(fun(A, B, C) -> {A, B, C} end, [1, 2], [a, b], "xy")]),
    io:format("~p~n", [lists:splitwith(fun is_atom/1, [a, b, 1, c])]),
    io:format("~ts ~tp ~p~n", ["åäö", "åäö", "åäö"]),
    io:format("~10.3.0f|~-8s|~8s|~w~n", [math:pi(), "left", "right", abc]),
    io:format("~s~n", [io_lib:format("~*c~c", [3, $x, $y])]),
    io:format("~p~n", [{a, "string", <<"binary">>, [1, 2 | 3], 'Quoted Atom', 1.0e10, fun lists:map/2, $a}]),
    io:format("~p~n", [lists:seq(1, 60)]),
    io:format("~60p~n", [[{key, lists:duplicate(3, value)}, {other, #{1 => "map", 2 => [1, 2, 3]}}, {third, <<"some text">>}]]),
    io:format("~W ~P~n", [lists:seq(1, 10), 4, {a, {b, {c, {d, e}}}}, 6]),
    io:format("~e ~g ~f ~.1f~n", [1.5, 2.5e-10, 3.0, 0.05]),
    io:format("~b ~.2b ~16.16.0b~n", [10, 10, 255]),
    io:format("~p~n", [string:join(["a", "b"], ", ")]),
    io:format("~p~n", [lists:flatten(io_lib:format("~p", [[[], [[]], {}]]))]),
    io:format("~p~n", [[begin Y = X + 1, Y * 2 end || X <- [1, 2]]]),
    io:format("~p~n", [erlang:bump_reductions(1)]).

quicksort([]) -> [];
quicksort([P | T]) -> quicksort([X || X <- T, X < P]) ++ [P] ++ quicksort([X || X <- T, X >= P]).

perms([]) -> [[]];
perms(L) -> [[H | T] || H <- L, T <- perms(L -- [H])].
