%% A program that makes the compiler use many different instructions.
-module(many).
-compile([export_all, nowarn_export_all]).
-on_load(init/0).
-record(r, {a, b = 2, c = "x", d, e}).

init() -> ok.

floats(X, Y) when is_float(X), is_float(Y) -> {-X * Y + 1.5, X / (Y - 2), float(trunc(X))};
floats(X, _) -> X + 1.0.

bits(<<A:7, B:2/signed-little-integer-unit:8, C:16/float, D:3/binary, E/utf8, F/bits>>) -> {A, B, C, D, E, F};
bits(<<"literal", N:8, Rest:N/binary, _/binary>>) -> Rest;
bits(<<_:1, R/bitstring>>) -> bits(R);
bits(<<>>) -> done.

build(A, B, N) ->
    X = <<A:N, B/binary, 1.5:64/float, "text", A/utf8, A/utf16-little, A/utf32>>,
    Y = << <<(C + 1)>> || <<C>> <= X, C > 3 >>,
    Acc = build_loop(A, <<>>),
    <<Acc/binary, X:8/binary, Y/binary>>.

build_loop(0, Acc) -> Acc;
build_loop(N, Acc) -> build_loop(N - 1, <<Acc/binary, N:32>>).

maps(M, K) ->
    case M of
        #{K := V, b := #{c := D}} when is_map_key(a, M) -> M#{K := D, {new, V} => [V | D]};
        #{a := _, b := _} -> M#{a => 1};
        _ -> #{K => 1}
    end.

records(R = #r{a = 1}) -> R#r{b = 3, d = R#r.c, e = 9};
records(R) -> (R#r{a = 7})#r.b.

errors(F) ->
    try F() of
        {ok, V} -> V;
        other -> throw(other)
    catch
        throw:T -> {thrown, T};
        error:{badmatch, V}:Stack -> {Stack, V};
        exit:R:S -> erlang:raise(exit, R, S)
    after
        put(done, true)
    end.

old_catch(F, X) ->
    case catch F(X) of
        {'EXIT', R} -> R;
        V -> [catch hd(V), (catch F(V))]
    end.

loop(Ref, T) ->
    receive
        {Ref, stop} -> ok;
        {Ref, N} when N > 5; is_atom(N) -> loop(Ref, N);
        _ when T =:= 0 -> loop(Ref, 1)
    after T -> timeout
    end.

call(Pid, Msg) ->
    Ref = erlang:monitor(process, Pid),
    Pid ! {self(), Ref, Msg},
    receive
        {Ref, Reply} -> Reply;
        {'DOWN', Ref, _, _, Reason} -> exit(Reason)
    end.

wait() -> receive after infinity -> ok end.

pause(T) -> receive after T -> ok end.

funs(A, B) ->
    F = fun(X) when X > A -> {A, B, X}; (X) -> X end,
    G = fun G(0) -> B; G(N) -> G(N - 1) end,
    {F(A), G(5), fun lists:reverse/1, fun ?MODULE:wait/0, fun pause/1, apply(F, [B]), apply(A, B, [])}.

select(X) ->
    case X of
        1 -> a; 2 -> b; 3 -> c; 100000000000000000000 -> big; 1.5 -> float; atom -> d; "text" -> e;
        {_} -> one; {_, _} -> two; {_, _, _} -> three;
        [_ | T] when length(T) > 3 -> T;
        _ when is_function(X, 2); is_bitstring(X); is_pid(X) -> f;
        _ -> if X == 0.0 -> zero; X >= 9 -> nine; X =/= y, not is_port(X) -> -(bnot (X bsl 3)) end
    end.

deep(A, B, C, D) ->
    X = {A, wait(), B}, Y = [C, pause(D) | X], Z = setelement(1, setelement(2, X, Y), Y),
    try Z = deep(Y, X, try list_to_atom(A) catch _:_ -> B end, [E || {E} <- C, E /= A]) after wait() end,
    {X, Y, Z, element(3, Z), setelement(2, Z, A), tuple_size(Z), hd(Y), tl(Y), map_size(B)}.
