%% Code in forms that the optimising compiler makes where it knows more than the loader.
-module(compiled_cases).
-compile([nowarn_export_all, export_all]).
-include("cases.hrl").

%% Results of tests are read where the test would have failed, had its argument not been a map.
found(#{} = M) ->
    case case A = is_map_key(a, M) of false -> false; _ -> is_map_key(c, M) end of
        true -> {a, c};
        false ->
            case case B = is_map_key(b, M) of false -> false; _ -> is_map_key(c, M) end of
                true -> {b, c};
                false when A -> case M of #{d := _} -> {a, d}; #{} -> a end;
                false when B -> b;
                false -> none
            end
    end.

%% Nothing follows a function that always fails, but the handler of the try.
always_fails(0) -> try try bnot ok after many end after times end.

fails(X) -> try _ = id(ignored), tuple_size(X) of _ -> ok catch _:_ -> ok end.

%% What is left of a binary is asked for its type.
left(<<_:8>>) -> one;
left(A) -> try << (ok) || <<_:ok>> <= A >> after ok end.

huge(B) -> case B of <<_:(1 bsl 70), _/bits>> -> yes; <<_:16#fffffffffffffffff, _/bits>> -> yes; _ -> no end.

id(X) -> X.

cases() ->
    [?C([found(M) || M <- [#{}, #{a => 1}, #{b => 1}, #{a => 1, c => 1}, #{b => 1, c => 1}, #{a => 1, d => 1}]]),
     ?C(always_fails(id(0))), ?C(fails(id({a}))), ?C(fails(id(a))), ?C(left(id(<<1>>))), ?C(left(id(<<>>))), ?C(left(id(<<1:7>>))),
     ?C(huge(id(<<1, 2, 3>>))),
     ?C((id(#{1 => a}))#{2.0 := b, 2 := c}), ?C((id(#{1 => a}))#{3 := b, 2 := c}), ?C((id(#{1 => a}))#{{x} := b, "a" := c, 7 := d}),
     ?C((id(maps:from_list([{{I}, I} || I <- lists:seq(1, 40)])))#{3.0 := b, 3 := c}),
     ?C(begin V1 = id(3), V2 = id(2), (id(#{1 => a}))#{V1 := b, V2 := c} end)].
