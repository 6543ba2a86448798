%% Programs whose speed is compared with that of real Erlang. Each returns a value that both must agree on.
-module(bench_programs).
-export([show/2, fib/0, tak/0, nbody/0, sort/0, fold/0, maps/0, binary_build/0, binary_parse/0, unicode/0, pidigits/0, states/0]).

%% Prints what both must agree on.
show(Module, Function) -> erlang:display(erlang:phash2(Module:Function())).

fib() -> fib(30).

fib(N) when N < 2 -> N;
fib(N) -> fib(N - 1) + fib(N - 2).

tak() -> tak(24, 16, 8).

tak(X, Y, Z) when Y >= X -> Z;
tak(X, Y, Z) -> tak(tak(X - 1, Y, Z), tak(Y - 1, Z, X), tak(Z - 1, X, Y)).

%% Bodies that attract each other, in plain floats.
nbody() ->
    Bodies = [{body, float(I), I * 0.5, I * 0.25, 0.0, 0.01 * I, 0.0, 1.0 + I * 0.1} || I <- lists:seq(1, 5)],
    steps(5000, Bodies).

steps(0, Bodies) -> [round(X * 1000000) || {body, X, _, _, _, _, _, _} <- Bodies];
steps(N, Bodies) -> steps(N - 1, [move(pull(B, Bodies)) || B <- Bodies]).

pull(B, []) -> B;
pull({body, X, Y, Z, VX, VY, VZ, M}, [{body, X2, Y2, Z2, _, _, _, M2} | Rest]) ->
    DX = X - X2,
    DY = Y - Y2,
    DZ = Z - Z2,
    D2 = DX * DX + DY * DY + DZ * DZ + 0.01,
    F = M2 * 0.001 / (D2 * math:sqrt(D2)),
    pull({body, X, Y, Z, VX - DX * F, VY - DY * F, VZ - DZ * F, M}, Rest).

move({body, X, Y, Z, VX, VY, VZ, M}) ->
    {body, X + 0.001 * VX, Y + 0.001 * VY, Z + 0.001 * VZ, VX, VY, VZ, M}.

numbers(N) -> numbers(N, 12345, []).

numbers(0, _, Acc) -> Acc;
numbers(N, Seed, Acc) ->
    Next = (Seed * 1103515245 + 12345) band 16#7fffffff,
    numbers(N - 1, Next, [Next | Acc]).

sort() ->
    Sorted = lists:sort(numbers(30000)),
    lists:sum(lists:sublist(lists:reverse(Sorted), 100)).

fold() ->
    L = lists:seq(1, 200000),
    M = lists:map(fun(X) -> X * 3 end, L),
    F = lists:filter(fun(X) -> X rem 2 =:= 0 end, M),
    lists:foldl(fun(X, A) -> (A + X) rem 1000003 end, 0, F).

maps() ->
    M = lists:foldl(fun(K, A) -> maps:update_with(K rem 5000, fun(V) -> V + K end, K, A) end, #{}, numbers(20000)),
    Small = lists:foldl(fun(I, #{a := A} = S) -> S#{a := A + I, b => I} end, #{a => 0, b => 0, c => 0}, lists:seq(1, 20000)),
    {maps:size(M), maps:fold(fun(_, V, A) -> (A + V) rem 1000003 end, 0, M), Small}.

binary_build() ->
    B = build(200000, <<>>),
    {byte_size(B), erlang:crc32(B), byte_size(<< <<X:16/little>> || <<X:8>> <= B >>)}.

build(0, Acc) -> Acc;
build(N, Acc) -> build(N - 1, <<Acc/binary, N:16, (N rem 7):8>>).

binary_parse() ->
    Line = <<"alpha=12;beta=345;gamma=6789;delta=0\n">>,
    parse(binary:copy(Line, 20000), 0).

parse(<<>>, Sum) -> Sum;
parse(<<C, Rest/binary>>, Sum) when C >= $0, C =< $9 -> number(Rest, C - $0, Sum);
parse(<<_, Rest/binary>>, Sum) -> parse(Rest, Sum).

number(<<C, Rest/binary>>, N, Sum) when C >= $0, C =< $9 -> number(Rest, N * 10 + C - $0, Sum);
number(Rest, N, Sum) -> parse(Rest, Sum + N).

unicode() ->
    Text = unicode:characters_to_binary(lists:duplicate(1500, "Grüße, Ελλάδα, мир, 日本語 and more. ")),
    Upper = string:uppercase(Text),
    Words = string:lexemes(Upper, " ,."),
    {string:length(Upper), length(Words), erlang:phash2(lists:usort(Words))}.

pidigits() -> digits(250, {1, 0, 1, 1, 3, 3}, []).

digits(0, _, Acc) -> erlang:phash2(lists:reverse(Acc));
digits(N, {Q, R, T, K, D, L}, Acc) when 4 * Q + R - T < D * T ->
    digits(N - 1, {10 * Q, 10 * (R - D * T), T, K, (10 * (3 * Q + R)) div T - 10 * D, L}, [D | Acc]);
digits(N, {Q, R, T, K, _, L}, Acc) ->
    digits(N, {Q * K, (2 * Q + R) * L, T * L, K + 1, (Q * (7 * K + 2) + R * L) div (T * L), L + 2}, Acc).

states() -> run_states(600000, idle, [a, b, c, {go, 3}, stop, reset], [], 0).

run_states(0, S, _, _, Count) -> {S, Count};
run_states(N, S, [], Done, Count) -> run_states(N, S, lists:reverse(Done), [], Count);
run_states(N, S, [E | Es], Done, Count) ->
    {S1, D} = step(S, E),
    run_states(N - 1, S1, Es, [E | Done], Count + D).

step(idle, a) -> {{ready, 0}, 1};
step(idle, _) -> {idle, 0};
step({ready, N}, b) when N < 10 -> {{ready, N + 1}, 2};
step({ready, N}, {go, M}) -> {{moving, N, M}, 3};
step({ready, _}, reset) -> {idle, 1};
step({moving, N, M}, stop) when M > 2 -> {{ready, N}, 4};
step({moving, N, M}, c) -> {{moving, N + M, M}, 1};
step({moving, _, _}, reset) -> {idle, 5};
step(S, _) -> {S, 0}.
