%% A parse transform compiled at run time and used by a second module, with `compile:forms` and `erl_parse`.
-module(parse_transform).
-export([main/0]).

main() ->
    ok = load("-module(swap). -export([parse_transform/2]). "
              "parse_transform(Forms, _) -> walk(Forms). "
              "walk({op, L, '+', A, B}) -> {op, L, '*', walk(A), walk(B)}; "
              "walk(T) when is_tuple(T) -> list_to_tuple(walk(tuple_to_list(T))); "
              "walk([H | T]) -> [walk(H) | walk(T)]; "
              "walk(X) -> X."),
    ok = load("-module(user1). -compile({parse_transform, swap}). -export([f/2]). f(A, B) -> A + B."),
    io:format("~p~n", [user1:f(6, 7)]),
    {error, Errors, _} = compile:forms(forms("-module(bad). -export([g/0]). f() -> X."), [return]),
    [io:format("~s~n", [M:format_error(D)]) || {_, L} <- Errors, {_, M, D} <- L],
    {ok, _, _, Warnings} = compile:forms(forms("-module(warned). -export([f/1]). f(X) -> 1."), [return]),
    [io:format("~s~n", [M:format_error(D)]) || {_, L} <- Warnings, {_, M, D} <- L],
    {ok, T, _} = erl_scan:string("[X * 2 || X <- [1, 2, 3]]."),
    {ok, E} = erl_parse:parse_exprs(T),
    {value, V, _} = erl_eval:exprs(E, []),
    io:format("~p~n", [V]),
    {ok, {user1, Chunks}} = beam_lib:chunks(element(2, code_of(user1)), [exports]),
    io:format("~p~n", [Chunks]).

load(Text) ->
    {ok, M, Binary} = compile:forms(forms(Text), []),
    put({code, M}, Binary),
    {module, M} = code:load_binary(M, atom_to_list(M), Binary),
    ok.

code_of(M) -> {M, get({code, M})}.

forms(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    [begin {ok, F} = erl_parse:parse_form(Ts), F end || Ts <- split(Tokens, [], [])].

split([], [], Acc) -> lists:reverse(Acc);
split([{dot, _} = D | T], Now, Acc) -> split(T, [], [lists:reverse([D | Now]) | Acc]);
split([H | T], Now, Acc) -> split(T, [H | Now], Acc).
