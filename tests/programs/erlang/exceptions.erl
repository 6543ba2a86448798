%% try/catch/after, classes, catch, error with arguments, stack traces, maybe.
-module(exceptions).
-feature(maybe_expr, enable).
-export([main/0, f/1]).

main() ->
    [io:format("~p~n", [classify(F)]) || F <- funs()],
    io:format("~p~n", [(catch throw(value))]),
    {'EXIT', {badarith, [{?MODULE, f, 1, _} | _]}} = (catch f(0)),
    {'EXIT', why} = (catch exit(why)),
    X = try f(2) of
            V when V > 10 -> big;
            _ -> small
        catch
            _:_ -> never
        after
            io:format("after~n")
        end,
    io:format("~p~n", [X]),
    io:format("~p~n", [with_maybe([{a, 1}, {b, 2}])]),
    io:format("~p~n", [with_maybe([{a, 1}])]),
    try erlang:raise(throw, again, []) catch throw:again:S -> io:format("~p~n", [is_list(S)]) end,
    try error(badness, [1, 2]) catch error:E:St -> [{M, F, A, _} | _] = St, io:format("~p ~p ~p ~p~n", [E, M, F, A]) end,
    io:format("~s~n", [erl_error:format_exception(error, {badmatch, 3}, [])]).

funs() ->
    [fun() -> 1 end, fun() -> throw(t) end, fun() -> exit(e) end, fun() -> error(r) end, fun() -> 1 / zero() end,
     fun() -> atom_to_list(zero()) end, fun() -> {ok, 1} = {error, zero()} end, fun() -> case zero() of 1 -> a end end,
     fun() -> if_clause(zero()) end, fun() -> (fun(1) -> a end)(zero()) end, fun() -> ?MODULE:nope() end, fun() -> (zero())() end,
     fun() -> (zero())#{a := 1} end, fun() -> lists:map(zero(), [1]) end].

zero() -> 0 * erlang:system_info(wordsize).
if_clause(N) -> if N > 5 -> big end.
f(N) -> 10 / N + N.

classify(F) ->
    try F() of
        V -> {value, V}
    catch
        throw:T -> {throw, T};
        exit:R -> {exit, R};
        error:function_clause -> function_clause;
        error:{badfun, _} -> badfun;
        error:R -> {error, R}
    end.

with_maybe(L) ->
    maybe
        {a, A} ?= lists:keyfind(a, 1, L),
        {b, B} ?= lists:keyfind(b, 1, L),
        {ok, A + B}
    else
        false -> missing
    end.
