%% Processes in Erlang: ping pong, selective receive, links, monitors, timers, after, registered names, rings.
-module(processes).
-export([main/0, ring/3]).

main() ->
    Self = self(),
    Pong = spawn(fun() -> pong() end),
    [begin Pong ! {ping, self(), N}, receive {pong, M} -> io:format("~p ", [M]) end end || N <- lists:seq(1, 5)],
    io:nl(),
    Pong ! stop,
    [Self ! {X, rand} || X <- [c, a, b]],
    io:format("~p~n", [[receive {K, _} -> K end || K <- [a, b, c]]]),
    io:format("~p~n", [receive nothing -> x after 10 -> timeout end]),
    process_flag(trap_exit, true),
    P = spawn_link(fun() -> exit({bad, thing}) end),
    receive {'EXIT', P, R} -> io:format("~p~n", [R]) end,
    {Q, Ref} = spawn_monitor(fun() -> receive X -> exit(X) end end),
    Q ! bye,
    receive {'DOWN', Ref, process, Q, W} -> io:format("~p~n", [W]) end,
    register(me, self()),
    me ! {self_message, 1},
    receive {self_message, V} -> io:format("~p~n", [V]) end,
    io:format("~p~n", [element(1, element(2, (catch register(me, self()))))]),
    unregister(me),
    io:format("~p~n", [element(1, element(2, (catch me ! x)))]),
    T = erlang:send_after(10, self(), tick),
    receive tick -> io:format("tick ~p~n", [erlang:cancel_timer(T)]) end,
    io:format("~p~n", [ring(20, 5, self())]),
    erlang:put(key, 1),
    io:format("~p ~p ~p~n", [get(key), erase(key), get(key)]),
    {_, R2} = spawn_monitor(fun() -> exit(normal) end),
    receive {'DOWN', R2, _, _, N2} -> io:format("~p~n", [N2]) end,
    Alias = erlang:monitor(process, spawn(fun() -> receive {A, go} -> A ! {A, done} end end), [{alias, reply_demonitor}]),
    receive {'DOWN', Alias, _, _, _} -> down after 0 -> io:format("alive~n") end,
    io:format("~p~n", [is_process_alive(self())]),
    io:format("~p~n", [erlang:process_info(self(), trap_exit)]).

pong() ->
    receive
        {ping, From, N} -> From ! {pong, N * N}, pong();
        stop -> ok
    end.

ring(N, Rounds, Self) ->
    First = lists:foldl(fun(_, Next) -> spawn(fun() -> node_loop(Next) end) end, Self, lists:seq(1, N)),
    First ! {Rounds, 0},
    loop_ring(First).

loop_ring(First) ->
    receive
        {0, Count} -> Count;
        {K, Count} -> First ! {K - 1, Count}, loop_ring(First)
    end.

node_loop(Next) ->
    receive {K, C} -> Next ! {K, C + 1}, node_loop(Next) after 2000 -> ok end.
