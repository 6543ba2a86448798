-module(external_cases).
-compile([nowarn_export_all, export_all]).
-include("cases.hrl").

id(X) -> X.

cases() ->
    [{26, io_lib:format("term_to_binary of ~W", [T, 9]), fun() -> term_to_binary(T) end} || T <- terms()] ++
    [{io_lib:format("there and back ~W", [T, 9]), fun() -> B = term_to_binary(T), {binary_to_term(B) =:= T, byte_size(B) =:= erlang:external_size(T)} end} || T <- terms()] ++
    [?SINCE(27, binary:part(term_to_binary(lists:duplicate(1000, abc), [compressed]), 0, 6)), ?C(term_to_binary({a, 1.5}, [{minor_version, 0}])), ?C(term_to_binary(a, [{minor_version, 1}])), ?C(term_to_binary(a, [{minor_version, 7}])), ?C(term_to_binary(a, foo)),
     ?SINCE(27, term_to_binary({a, "b"}, [local]) =/= <<>>), ?C(binary_to_term(term_to_binary({a, "b", 1 bsl 80}, [compressed]))), ?C(binary_to_term(<<131, 97, 1, 2, 3>>)), ?C(binary_to_term(<<131, 97, 1, 2, 3>>, [used])),
     ?C(binary_to_term(<<131, 99, "1.50000000000000000000e+00", 0, 0, 0, 0, 0>>)), ?C(binary_to_term(<<131, 108, 0, 0, 0, 1, 97, 1>>)), ?C(binary_to_term(<<131, 108, 255, 255, 255, 255, 97, 1>>)), ?C(binary_to_term(<<131, 116, 0, 0, 0, 2, 97, 1, 97, 1, 97, 1, 97, 1>>)),
     ?C(binary_to_term(<<131, 110, 9, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1>>)), ?C(binary_to_term(<<131, 110, 2, 1, 0, 0>>)), ?C(binary_to_term(<<131, 107, 0, 3, "abc">>)), ?C(binary_to_term(<<131, 77, 0, 0, 0, 2, 3, 255, 255>>)), ?C(binary_to_term(<<131, 113, 119, 5, "lists", 119, 3, "map", 97, 2>>)),
     ?C(binary_to_term(<<131, 70, 127, 240, 0, 0, 0, 0, 0, 0>>)), ?C(binary_to_term(<<131, 80, 0, 0, 0, 5, 1, 2, 3>>)), ?C(binary_to_term(<<131, 118, 0, 3, 226, 130, 172>>)), ?C(erlang:binary_to_term(<<131, 104, 2, 97, 1>>)), ?C(erlang:external_size(lists:seq(1, 1000))),
     ?SINCE(27, iolist_to_binary(erlang:term_to_iovec({a, b}))), ?SINCE(27, random_terms(200)), ?C(random_order(150)), ?C(random_floats(500)), ?C(random_hashes(300)),
     ?C(lists:sort([a, 1, 1.0, "a", <<"a">>, {a}, {}, {a, b}, [], [1 | 2], #{}, #{a => 1}, fun lists:map/2, -1, 1 bsl 70, <<1:1>>])), ?C(lists:sort(terms()))
    ].

terms() ->
    [0, 255, 256, -1, 16#7fffffff, 16#80000000, -16#80000000, -16#80000001, 1 bsl 59, 1 bsl 63, 1 bsl 64, -(1 bsl 64), 1 bsl 2048, -(1 bsl 2039), 1.5, -0.0, a, '', 'ä', '€', list_to_atom(lists:duplicate(255, $é)), "", "abc", [1000], lists:duplicate(65535, $a), lists:duplicate(65536, $a),
     [a | b], {}, {1}, list_to_tuple(lists:seq(1, 256)), <<>>, <<"abc">>, <<1:3>>, <<255, 7:3>>, #{}, #{1 => 2}, #{"a" => [b]}, [[[]]], {[{}]}, fun lists:map/2].

random_terms(N) ->
    {Terms, _} = lists:mapfoldl(fun(_, S) -> term(S, 4) end, rand:seed_s(exsss, 99), lists:seq(1, N)),
    Bad = [T || T <- Terms, binary_to_term(term_to_binary(T)) =/= T],
    {Bad, erlang:md5([term_to_binary(T) || T <- Terms]), erlang:md5(unicode:characters_to_binary(io_lib:format("~tp~tw", [Terms, Terms])))}.

random_order(N) ->
    {Terms, _} = lists:mapfoldl(fun(_, S) -> term(S, 3) end, rand:seed_s(exsss, 100), lists:seq(1, N)),
    Bits = << <<(case A < B of true -> 1; false -> 0 end):1, (case A == B of true -> 1; false -> 0 end):1>> || A <- Terms, B <- Terms >>,
    {erlang:md5(<<Bits/bits, 0:(8 - bit_size(Bits) rem 8)>>), erlang:phash2(lists:sort(Terms)), erlang:phash2(lists:usort(Terms))}.

random_floats(N) ->
    {Texts, _} = lists:mapfoldl(fun(_, S) -> random_float(S) end, rand:seed_s(exsss, 3), lists:seq(1, N)),
    Bad = [T || {F, T} <- Texts, list_to_float(T) =/= F],
    {Bad, erlang:md5([T || {_, T} <- Texts]), lists:sublist(Texts, 10)}.

random_float(S0) ->
    {M, S1} = rand:uniform_s(1 bsl 52, S0),
    {E, S2} = rand:uniform_s(2046, S1),
    <<F/float>> = <<0:1, E:11, (M - 1):52>>,
    {{F, float_to_list(F, [short])}, S2}.

random_hashes(N) ->
    {Terms, _} = lists:mapfoldl(fun(_, S) -> term(S, 4) end, rand:seed_s(exsss, 5), lists:seq(1, N)),
    erlang:phash2([erlang:phash2(T) || T <- Terms]).

term(S0, Depth) ->
    {K, S1} = rand:uniform_s(case Depth of 0 -> 6; _ -> 11 end, S0),
    case K of
        1 -> {N, S2} = rand:uniform_s(1 bsl 70, S1), {N - (1 bsl 69), S2};
        2 -> {N, S2} = rand:uniform_s(500, S1), {N - 250, S2};
        3 -> {{F, _}, S2} = random_float(S1), {F, S2};
        4 -> {N, S2} = rand:uniform_s(4, S1), {element(N, {a, b, 'ü', true}), S2};
        5 -> {N, S2} = rand:uniform_s(30, S1), {B, S3} = bytes(N, S2), {<<B:N/bits>>, S3};
        6 -> {N, S2} = rand:uniform_s(6, S1), {element(N, {[], {}, #{}, <<>>, 0, 0.0}), S2};
        7 -> {L, S2} = list(S1, Depth), {list_to_tuple(L), S2};
        8 -> list(S1, Depth);
        9 -> {L, S2} = list(S1, Depth), {T, S3} = term(S2, Depth - 1), {L ++ T, S3};
        10 -> {Ks, S2} = list(S1, Depth), {V, S3} = term(S2, Depth - 1), {maps:from_keys(Ks, V), S3};
        11 -> {N, S2} = rand:uniform_s(60, S1), {maps:from_list([{I * N, I} || I <- lists:seq(1, N)]), S2}
    end.

bytes(N, S0) -> {V, S1} = rand:uniform_s(1 bsl 40, S0), {<<V:40, N:8>>, S1}.

list(S0, Depth) ->
    {N, S1} = rand:uniform_s(5, S0),
    lists:mapfoldl(fun(_, S) -> term(S, Depth - 1) end, S1, lists:seq(1, N)).
