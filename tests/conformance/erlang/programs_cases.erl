%% Larger programs, compiled with all optimisations.
-module(programs_cases).
-compile([nowarn_export_all, export_all]).
-include("cases.hrl").

-record(account, {id, balance = 0, history = [] :: list()}).
-record(wide, {a, b, c, d, e, f, g, h}).

cases() ->
    [?C(recursion(1000000)), ?C(body_list(300000)), ?C(queens(6)), ?C(primes(200)), ?C(ackermann(2, 6)), ?C(hanoi(10)), ?C(collatz(97)), ?C(mandel()), ?C(nbody(100)), ?C(nrev(100)), ?C(tak(12, 8, 4)), ?C(word_count("the quick brown fox the lazy dog the end")),
     ?C(bank()), ?C(wide()), ?C(state_machine("ab12 c3;xyz")), ?C(parser("1+2*(3-4)/5")), ?C(huge_list(200000)), ?C(huge_tuple(50000)), ?C(huge_map(20000)), ?C(huge_binary(100000)), ?C(deep_term(100000)), ?C(closures(5)), ?C(compose([fun(X) -> X + 1 end, fun(X) -> X * 2 end], 5)), ?C(many_arguments()), ?C(switch()), ?C(strings()), ?C(select_values()),
     ?C(letrec()), ?C(tuples()), ?C(floats(10)), ?C(float_loop(1000, 0.0)), ?C(mixed(3, 2.5)), ?C(sort_stable()), ?C(binary_search()), ?C(matrix()), ?C(levenshtein("kitten", "sitting")), ?C(base64_own(<<"any carnal pleas">>)), ?C(utf8_own(<<"aé€😀"/utf8>>)), ?C(json_own([{<<"a">>, [1, 2.5, true]}, {<<"b">>, null}])), ?C(y_combinator(10)), ?C(try_in_loop(50)), ?C(catch_in_loop(50)), ?C(dictionary(100)), ?C(maybe_match({ok, 1})), ?C(maybe_match({error, x})), ?C(comprehensions()), ?C(nested_comprehensions()), ?C(zip_comprehension()),
     ?C(equalities()), ?C(big_literals()), ?C(bits_state(<<1:1, 0:1, 7:3, 200:8, 1:2>>)), ?C(pidigits(30)), ?C(many_live(1)), ?C(exported_funs()), ?C(receive_timeout()), ?C(self_messages()), ?C(selective()), ?C(apply_forms()), ?C(life(5)), ?C(sudoku_row()), ?C(lcs("AGGTAB", "GXTXAYB")), ?C(fold_maps()), ?C(gc_heavy(200))
    ].

recursion(0) -> 0;
recursion(N) -> 1 + recursion(N - 1).

body_list(N) -> lists:sum(up(N)).
up(0) -> [];
up(N) -> [N | up(N - 1)].

queens(N) -> length(queens(N, N)).
queens(0, _) -> [[]];
queens(K, N) -> [[Q | B] || B <- queens(K - 1, N), Q <- lists:seq(1, N), safe(Q, B, 1)].
safe(_, [], _) -> true;
safe(Q, [Q1 | B], N) -> Q =/= Q1 andalso abs(Q - Q1) =/= N andalso safe(Q, B, N + 1).

primes(N) -> sieve(lists:seq(2, N)).
sieve([P | Xs]) -> [P | sieve([X || X <- Xs, X rem P =/= 0])];
sieve([]) -> [].

ackermann(0, N) -> N + 1;
ackermann(M, 0) -> ackermann(M - 1, 1);
ackermann(M, N) -> ackermann(M - 1, ackermann(M, N - 1)).

hanoi(N) -> length(hanoi(N, a, b, c)).
hanoi(0, _, _, _) -> [];
hanoi(N, A, B, C) -> hanoi(N - 1, A, C, B) ++ [{A, C} | hanoi(N - 1, B, A, C)].

collatz(1) -> [1];
collatz(N) when N rem 2 =:= 0 -> [N | collatz(N div 2)];
collatz(N) -> [N | collatz(3 * N + 1)].

mandel() -> [[mandel(X / 10, Y / 10, 0.0, 0.0, 0) || X <- lists:seq(-20, 5, 5)] || Y <- lists:seq(-10, 10, 5)].
mandel(_, _, _, _, 50) -> 50;
mandel(_, _, A, B, N) when A * A + B * B > 4.0 -> N;
mandel(X, Y, A, B, N) -> mandel(X, Y, A * A - B * B + X, 2 * A * B + Y, N + 1).

nbody(0) -> [];
nbody(N) -> nbody(N, {1.0, 0.0, 0.0, 1.0}).
nbody(0, S) -> S;
nbody(N, {X, Y, VX, VY}) ->
    D = math:sqrt(X * X + Y * Y),
    F = -0.01 / (D * D * D),
    VX1 = VX + X * F, VY1 = VY + Y * F,
    nbody(N - 1, {X + VX1 * 0.01, Y + VY1 * 0.01, VX1, VY1}).

nrev(N) -> lists:sum(nreverse(lists:seq(1, N))).
nreverse([H | T]) -> nreverse(T) ++ [H];
nreverse([]) -> [].

tak(X, Y, Z) when Y < X -> tak(tak(X - 1, Y, Z), tak(Y - 1, Z, X), tak(Z - 1, X, Y));
tak(_, _, Z) -> Z.

word_count(Text) -> lists:sort(maps:to_list(lists:foldl(fun(W, M) -> maps:update_with(W, fun(N) -> N + 1 end, 1, M) end, #{}, string:lexemes(Text, " ")))).

bank() ->
    A = #account{id = 1},
    B = deposit(deposit(A, 100), 50),
    try withdraw(B, 500) catch throw:{insufficient, N} -> {B#account.balance, N, B, B#account{history = []}} end.
deposit(#account{balance = Bal, history = H} = A, N) -> A#account{balance = Bal + N, history = [{in, N} | H]}.
withdraw(#account{balance = Bal}, N) when N > Bal -> throw({insufficient, N - Bal});
withdraw(A, N) -> A#account{balance = A#account.balance - N}.

wide() ->
    W = #wide{a = 1, d = 4, h = 8},
    W1 = W#wide{b = 2, c = 3, e = 5, f = 6, g = 7},
    {W, W1, W1#wide{a = x, h = y}, setelement(#wide.c, W1, z), #wide.g}.

state_machine(Text) -> state(Text, start, []).
state([C | T], start, Acc) when C >= $0, C =< $9 -> state(T, {number, C - $0}, Acc);
state([C | T], start, Acc) when C >= $a, C =< $z -> state(T, {word, [C]}, Acc);
state([_ | T], start, Acc) -> state(T, start, Acc);
state([C | T], {number, N}, Acc) when C >= $0, C =< $9 -> state(T, {number, N * 10 + C - $0}, Acc);
state([C | T], {word, W}, Acc) when C >= $a, C =< $z -> state(T, {word, [C | W]}, Acc);
state(Text, Token, Acc) when Token =/= start -> state(Text, start, [finish(Token) | Acc]);
state([], start, Acc) -> lists:reverse(Acc).
finish({word, W}) -> {word, lists:reverse(W)};
finish(T) -> T.

parser(Text) -> {V, []} = sum(Text), V.
sum(T0) -> {A, T1} = product(T0), sum(T1, A).
sum([$+ | T0], A) -> {B, T1} = product(T0), sum(T1, A + B);
sum([$- | T0], A) -> {B, T1} = product(T0), sum(T1, A - B);
sum(T, A) -> {A, T}.
product(T0) -> {A, T1} = factor(T0), product(T1, A).
product([$* | T0], A) -> {B, T1} = factor(T0), product(T1, A * B);
product([$/ | T0], A) -> {B, T1} = factor(T0), product(T1, A / B);
product(T, A) -> {A, T}.
factor([$( | T0]) -> {A, [$) | T1]} = sum(T0), {A, T1};
factor([C | T]) -> {C - $0, T}.

huge_list(N) -> L = lists:seq(1, N), {length(L), lists:nth(N, L), erlang:phash2(L), lists:last(lists:reverse(L))}.
huge_tuple(N) -> T = erlang:make_tuple(N, 0), T1 = setelement(N, T, last), {tuple_size(T1), element(N, T1), element(1, T1), T =:= T1}.
huge_map(N) -> M = maps:from_list([{I, -I} || I <- lists:seq(1, N)]), {map_size(M), maps:get(N, M), lists:sum(maps:values(M)), map_size(maps:filter(fun(K, _) -> K rem 3 =:= 0 end, M))}.
huge_binary(N) -> B = binary:copy(<<"abc">>, N), <<_:N/binary, C, _/binary>> = B, {byte_size(B), C, erlang:crc32(B), binary:at(B, N - 1)}.
deep_term(N) -> T = lists:foldl(fun(I, A) -> {I, [A]} end, [], lists:seq(1, N)), {erlang:phash2(T), T =:= binary_to_term(term_to_binary(T)), erlang:external_size(T), depth(T, 0)}.
depth([], N) -> N;
depth({_, [T]}, N) -> depth(T, N + 1).

closures(N) -> [F(10) || F <- [fun(X) -> X * I + N end || I <- lists:seq(1, N)]].
compose(Fs, X) -> (lists:foldl(fun(F, G) -> fun(Y) -> F(G(Y)) end end, fun(Y) -> Y end, Fs))(X).

many_arguments() -> many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20).
many(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, 0) -> [A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S];
many(A, B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, T) -> many(B, C, D, E, F, G, H, I, J, K, L, M, N, O, P, Q, R, S, A, T - 1).

switch() -> [switch(X) || X <- [a, b, c, 1, 2, 100, 1000000, 1 bsl 70, 1.5, {a}, {a, b}, {x, 1, 2}, "", "s", <<>>, <<"lit">>, [], #{}]].
switch(a) -> 1; switch(b) -> 2; switch(1) -> 3; switch(2) -> 4; switch(3) -> 5; switch(100) -> 6; switch(1000000) -> 7; switch(1180591620717411303424) -> 8;
switch(1.5) -> 9; switch({a}) -> 10; switch({a, _}) -> 11; switch({x, 1, Y}) -> {12, Y}; switch("s") -> 13; switch(<<"lit">>) -> 14; switch([]) -> 15; switch(#{}) -> 16; switch(_) -> other.

strings() -> [string_switch(S) || S <- ["get", "put", "post", "delete", "gets", ""]].
string_switch("get" ++ Rest) -> {get, Rest};
string_switch("p" ++ [C | _]) -> {p, C};
string_switch([]) -> empty;
string_switch(S) -> {other, S}.

select_values() -> [day(D) || D <- lists:seq(0, 8)].
day(1) -> mon; day(2) -> tue; day(3) -> wed; day(4) -> thu; day(5) -> fri; day(6) -> sat; day(7) -> sun; day(_) -> none.

letrec() -> F = fun Fib(0) -> 0; Fib(1) -> 1; Fib(N) -> Fib(N - 1) + Fib(N - 2) end, [F(N) || N <- lists:seq(0, 15)].
tuples() -> {A, B, C} = {element(1, {x, y}), tuple_size({1, 2, 3}), erlang:append_element({1}, 2)}, [list_to_tuple(tuple_to_list({A, B, C})), {}, {{{}}}, setelement(1, C, z)].
floats(N) -> [X / 3.0 + Y * 1.5 - 1.0e-3 || X <- lists:seq(1, N), Y <- [0.5, -2]].
float_loop(0, A) -> A;
float_loop(N, A) -> float_loop(N - 1, A + 1.0 / N).
mixed(A, B) -> {A + B, A * B, A / B, A - B, -A, -B, A == 3.0, A =:= 3.0, A < B, max(A, B), trunc(B) div A}.
sort_stable() -> lists:keysort(1, [{I rem 3, I} || I <- lists:seq(1, 12)]).
binary_search() -> T = list_to_tuple(lists:seq(0, 1000, 7)), [search(K, T, 1, tuple_size(T)) || K <- [0, 7, 8, 994, 1001]].
search(_, _, L, H) when L > H -> none;
search(K, T, L, H) -> M = (L + H) bsr 1, case element(M, T) of K -> M; X when X < K -> search(K, T, M + 1, H); _ -> search(K, T, L, M - 1) end.
matrix() -> A = [[1, 2], [3, 4]], B = [[0, 1], [1, 0]], [[lists:sum([X * Y || {X, Y} <- lists:zip(R, C)]) || C <- transpose(B)] || R <- A].
transpose([[] | _]) -> [];
transpose(M) -> [[hd(R) || R <- M] | transpose([tl(R) || R <- M])].
levenshtein(S, T) -> lists:last(lists:foldl(fun(C, Row) -> next_row(C, Row, T) end, lists:seq(0, length(T)), S)).
next_row(C, [D | Ds], T) -> lists:reverse(element(1, lists:foldl(fun({Ch, Up}, {[L | _] = Acc, Diag}) -> {[lists:min([Up + 1, L + 1, Diag + case Ch of C -> 0; _ -> 1 end]) | Acc], Up} end, {[D + 1], D}, lists:zip(T, Ds)))).
base64_own(B) -> << <<(b64(X))>> || <<X:6>> <= pad6(B) >>.
pad6(B) -> P = (6 - bit_size(B) rem 6) rem 6, <<B/bits, 0:P>>.
b64(X) when X < 26 -> $A + X;
b64(X) when X < 52 -> $a + X - 26;
b64(X) when X < 62 -> $0 + X - 52;
b64(62) -> $+;
b64(63) -> $/.
utf8_own(<<0:1, C:7, R/bits>>) -> [C | utf8_own(R)];
utf8_own(<<6:3, A:5, 2:2, B:6, R/bits>>) -> <<C:11>> = <<A:5, B:6>>, [C | utf8_own(R)];
utf8_own(<<14:4, A:4, 2:2, B:6, 2:2, C:6, R/bits>>) -> [A bsl 12 + B bsl 6 + C | utf8_own(R)];
utf8_own(<<30:5, A:3, 2:2, B:6, 2:2, C:6, 2:2, D:6, R/bits>>) -> [A bsl 18 bor (B bsl 12) bor (C bsl 6) bor D | utf8_own(R)];
utf8_own(<<>>) -> [].
json_own(X) -> iolist_to_binary(json(X)).
json([{_, _} | _] = Pairs) -> ["{", lists:join(",", [[json(K), ":", json(V)] || {K, V} <- Pairs]), "}"];
json(L) when is_list(L) -> ["[", lists:join(",", [json(E) || E <- L]), "]"];
json(B) when is_binary(B) -> [$", B, $"];
json(A) when is_atom(A) -> atom_to_binary(A);
json(I) when is_integer(I) -> integer_to_binary(I);
json(F) when is_float(F) -> float_to_binary(F, [short]).
y_combinator(N) -> Y = fun(F) -> (fun(X) -> X(X) end)(fun(X) -> F(fun(V) -> (X(X))(V) end) end) end, (Y(fun(F) -> fun(0) -> 1; (M) -> M * F(M - 1) end end))(N).
try_in_loop(0) -> [];
try_in_loop(N) -> [try if N rem 3 =:= 0 -> throw(N); N rem 5 =:= 0 -> error(N); true -> N end catch T -> {t, T}; error:E -> {e, E} end | try_in_loop(N - 1)].
catch_in_loop(N) -> [case catch (10 div (X rem 5)) of {'EXIT', {badarith, _}} -> bad; V -> V end || X <- lists:seq(1, N)].
dictionary(N) -> [put({k, I}, I) || I <- lists:seq(1, N)], S = lists:sum([get({k, I}) || I <- lists:seq(1, N)]), [erase({k, I}) || I <- lists:seq(1, N, 2)], {S, length(get()), length(keys_of(4)), keys_of(none)}.
keys_of(V) -> erlang:get_keys(V).
maybe_match(X) -> case X of {ok, V} when V > 0 -> {pos, V}; {ok, V} -> {neg, V}; {error, _} = E -> E end.
comprehensions() -> {[X * Y || X <- [1, 2, 3], Y <- [10, 20], X + Y > 11], << <<X>> || <<X>> <= <<1, 2, 3, 4>>, X rem 2 =:= 0 >>, [{K, V} || {K, V} <- [{a, 1}, b, {c, 2}]], << <<X:3>> || X <- lists:seq(0, 7) >>}.
nested_comprehensions() -> [[[{X, Y, Z} || Z <- lists:seq(Y, 3)] || Y <- lists:seq(X, 3), Y =/= 2] || X <- [1, 2, 3]].
zip_comprehension() -> [A + B || {A, B} <- lists:zip([1, 2], [3, 4])].
equalities() -> [{A == B, A =:= B, A < B, A >= B} || A <- [1, 1.0, a, "a", {1}, #{1 => 1}], B <- [1, 1.0, a, "a", {1.0}, #{1 => 1.0}]].
big_literals() -> {123456789012345678901234567890, -98765432109876543210, 1.0e-300, "a long literal string", <<"binary literal">>, [a, [b, {c, #{d => e}}]], 16#ffffffffffffffff, -16#8000000000000000}.
bits_state(<<A:1, B:1, C:3, D, E:2>>) -> {A, B, C, D, E, <<E:2, D, C:3, B:1, A:1>>}.
pidigits(N) -> pidigits(N, 1, 0, 1, 1, 3, 3).
pidigits(0, _, _, _, _, _, _) -> [];
pidigits(D, Q, R, T, K, N, L) when 4 * Q + R - T < N * T -> [N | pidigits(D - 1, Q * 10, 10 * (R - N * T), T, K, (10 * (3 * Q + R)) div T - 10 * N, L)];
pidigits(D, Q, R, T, K, _, L) -> pidigits(D, Q * K, (2 * Q + R) * L, T * L, K + 1, (Q * (7 * K + 2) + R * L) div (T * L), L + 2).
many_live(X) -> A = X + 1, B = f(A), C = f(B), D = f(C), E = f(D), F = f(E), G = f(F), {A, B, C, D, E, F, G, f(A + G), [A, B | C]}.
f(X) -> X * 2 + 1.
exported_funs() -> F = fun ?MODULE:f/1, G = fun lists:reverse/1, {F(3), G([1, 2]), lists:map(F, [1, 2]), F =:= fun ?MODULE:f/1, F, G}.
receive_timeout() -> receive nothing -> x after 5 -> timeout end.
self_messages() -> self() ! a, self() ! {b, [1, <<"x">>]}, {receive X -> X end, receive Y -> Y after 0 -> none end, receive Z -> Z after 0 -> none end}.
selective() -> [self() ! {n, I} || I <- lists:seq(1, 5)], A = receive {n, 3} -> three end, B = [receive {n, I} -> I end || _ <- lists:seq(1, 4)], {A, B}.
apply_forms() -> M = lists, F = seq, {M:F(1, 3), apply(M, F, [1, 3]), apply(fun(A, B) -> {A, B} end, [1, 2]), (fun M:F/2)(1, 2), erlang:apply(M, F, [2, 3])}.
life(N) -> life(N, [{1, 0}, {2, 1}, {0, 2}, {1, 2}, {2, 2}]).
life(0, Cells) -> Cells;
life(N, Cells) ->
    Counts = lists:foldl(fun(C, M) -> maps:update_with(C, fun(V) -> V + 1 end, 1, M) end, #{}, [{X + DX, Y + DY} || {X, Y} <- Cells, DX <- [-1, 0, 1], DY <- [-1, 0, 1], {DX, DY} =/= {0, 0}]),
    life(N - 1, lists:sort([C || {C, V} <- maps:to_list(Counts), V =:= 3 orelse (V =:= 2 andalso lists:member(C, Cells))])).
sudoku_row() -> [X || X <- perms([1, 2, 3, 4]), hd(X) < lists:last(X)].
perms([]) -> [[]];
perms(L) -> [[H | T] || H <- L, T <- perms(L -- [H])].
lcs([], _) -> [];
lcs(_, []) -> [];
lcs([H | A], [H | B]) -> [H | lcs(A, B)];
lcs([_ | TA] = A, [_ | TB] = B) -> L = lcs(A, TB), R = lcs(TA, B), if length(L) > length(R) -> L; true -> R end.
fold_maps() -> maps:fold(fun(K, V, {Ks, S}) -> {[K | Ks], S + V} end, {[], 0}, #{1 => 2, 3 => 4}).
gc_heavy(N) -> lists:foldl(fun(I, Acc) -> L = lists:seq(1, I * 10), B = list_to_binary([X rem 256 || X <- L]), M = maps:from_list([{X, B} || X <- lists:sublist(L, 40)]), [byte_size(maps:get(1, M)) | lists:sublist(Acc, 5)] end, [], lists:seq(1, N)).
