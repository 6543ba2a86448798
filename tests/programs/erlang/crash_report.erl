%% Errors of processes in Erlang: reports by the default handler, proc_lib, a supervisor's report; status 0.
-module(crash_report).
-behaviour(gen_server).
-export([main/0, init/1, handle_call/3, handle_cast/2]).

init(_) -> {ok, state}.
handle_call(bad, _, S) -> {reply, lists:nth(5, [S]), S}.
handle_cast(_, S) -> {noreply, S}.

main() ->
    {P, R} = spawn_monitor(fun() -> lists:foldl(fun(X, A) -> X + A end, zero, [1]) end),
    First = receive {'DOWN', R, process, P, {Reason, _}} -> timer:sleep(150), Reason end,
    {ok, G} = gen_server:start(?MODULE, [], []),
    {C, R1} = spawn_monitor(fun() -> exit(element(1, element(1, element(2, catch gen_server:call(G, bad))))) end),
    Second = receive {'DOWN', R1, process, C, Why} -> timer:sleep(150), Why end,
    {Q, R2} = proc_lib:spawn_opt(fun() -> exit(crashed) end, [monitor]),
    Third = receive {'DOWN', R2, process, Q, W} -> W end,
    logger:error("a report ~p", [#{a => 1}]),
    logger:warning(#{what => map}),
    error_logger:info_msg("hidden or shown ~p~n", [1]),
    %% Reports come by way of other processes: what is printed here follows when they are out.
    timer:sleep(400),
    io:format("~p~n", [[First, Second, Third]]).
