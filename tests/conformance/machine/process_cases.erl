%% Processes, signals, names, timers: what programs see of them, without anything that differs between runs.
-module(process_cases).
-export([cases/0, echo/0, start_link/1]).

cases() ->
    [{send_order, fun send_order/0},
     {send_results, fun send_results/0},
     {selective_receive, fun selective_receive/0},
     {receive_timeouts, fun receive_timeouts/0},
     {exit_reasons, fun exit_reasons/0},
     {exit_signal_matrix, fun exit_signal_matrix/0},
     {exit_self, fun exit_self/0},
     {links_break, fun links_break/0},
     {link_to_the_dead, fun link_to_the_dead/0},
     {pids_of_others, fun pids_of_others/0},
     {ports_of_others, fun ports_of_others/0},
     {unlink_stops_signals, fun unlink_stops_signals/0},
     {monitors, fun monitors/0},
     {monitor_options, fun monitor_options/0},
     {demonitor_options, fun demonitor_options/0},
     {aliases, fun aliases/0},
     {names, fun names/0},
     {spawn_forms, fun spawn_forms/0},
     {spawn_badarg, fun spawn_badarg/0},
     {spawn_request, fun spawn_requests/0},
     {process_flags, fun process_flags/0},
     {process_info_self, fun process_info_self/0},
     {process_info_other, fun process_info_other/0},
     {process_info_dead, fun process_info_dead/0},
     {suspend, fun suspend/0},
     {timers, fun timers/0},
     {timer_arguments, fun timer_arguments/0},
     {timer_to_name, fun timer_to_name/0},
     {group_leaders, fun group_leaders/0},
     {funs_elsewhere, fun funs_elsewhere/0},
     {heap_sizes, fun heap_sizes/0},
     {hibernation, fun hibernation/0},
     {trap_exit_from_dead_link, fun trap_exit_from_dead_link/0},
     {error_in_linked, fun error_in_linked/0},
     {many, fun many/0},
     {ring, fun ring/0},
     {garbage, fun garbage/0},
     {dictionary_of_other, fun dictionary_of_other/0},
     {new_atoms, fun new_atoms/0},
     {reductions, fun reductions/0}].

flush() ->
    receive M -> [M | flush()] after 0 -> [] end.

attempt(F) ->
    try {ok, F()} catch Class:Reason -> {Class, Reason} end.

%% Small maps list atoms in the order in which they were made, whoever made them and in whatever order a process learns of them.
new_atoms() ->
    [B, A, C] = [list_to_atom("new_atom_" ++ [Last]) || Last <- "bac"],
    Map = #{A => 1, B => 2, C => 3},
    Self = self(),
    Keys = fun(Known) -> Self ! {keys, maps:keys(maps:from_keys(Known, x)), term_to_binary(maps:from_keys(Known, 1))} end,
    Other = fun(Known) ->
                spawn(fun() -> receive go -> Keys(Known) end end) ! go,
                receive {keys, Names, Binary} -> {Names, Binary =:= term_to_binary(maps:map(fun(_, _) -> 1 end, Map))} end
            end,
    Later = spawn(fun() -> receive {First, Rest} -> Keys([First | Rest]) end end),
    Later ! {C, [A, B]},
    Last = receive {keys, Names, _} -> Names end,
    {maps:keys(Map), maps:to_list(maps:merge(#{C => 0}, Map)), Other([C, A, B]), Other([A, C, B]), Last,
     lists:sort(maps:keys(Map))}.

%% Work at a stretch counts at least about as much as it does in OTP.
reductions() ->
    Bytes = <<0:(2_000 * 1024)/unit:8>>,
    List = lists:seq(1, 100_000),
    [counts(Least, F) || {Least, F} <-
        [{2000, fun() -> <<0:8, Bytes/binary>> end},
         {1000, fun() -> <<0:8, Bytes:(1000 * 1024)/binary>> end}, {2500, fun() -> <<Bytes/binary, Bytes:(2000 * 1024)/binary>> end},
         {1000, fun() -> erlang:phash2(List) end}, {100, fun() -> lists:append(List, []) end},
         {100, fun() -> lists:member(x, List) end}]].

counts(Least, F) ->
    receive after 1 -> ok end,
    {reductions, Before} = process_info(self(), reductions),
    F(),
    {reductions, After} = process_info(self(), reductions),
    After - Before >= Least.

send_order() ->
    Self = self(),
    register(order, Self),
    self() ! 1, order ! 2, {order, node()} ! 3, Self ! 4,
    unregister(order),
    flush().

send_results() ->
    Dead = spawn(fun() -> ok end),
    erlang:monitor(process, Dead),
    receive {'DOWN', _, _, _, _} -> ok end,
    R = make_ref(),
    [attempt(fun() -> erlang:send(T, m) end) =:= {ok, m} || T <- [self(), Dead, R, {nope, node()}, {nope, 'a@b'}]]
        ++ [attempt(fun() -> erlang:send(T, m) end) || T <- [nope, 1, "a", {a, b, c}, {1, 2}, undefined]]
        ++ [attempt(fun() -> erlang:send(T, m, O) end) || T <- [self(), nope, {x, 'a@b'}],
                                                           O <- [[], [nosuspend], [noconnect], [foo], foo, [noconnect | x]]]
        ++ [length(flush())].

selective_receive() ->
    [self() ! X || X <- [{a, 1}, {b, 2}, {a, 3}, c, {b, 4}]],
    B1 = receive {b, X1} -> X1 end,
    C = receive c -> c end,
    B2 = receive {b, X2} -> X2 end,
    {B1, C, B2, flush()}.

receive_timeouts() ->
    T0 = erlang:monotonic_time(millisecond),
    A = receive x -> x after 20 -> timeout end,
    T1 = erlang:monotonic_time(millisecond),
    self() ! x,
    B = receive x -> x after 0 -> timeout end,
    C = receive x -> x after 0 -> timeout end,
    D = attempt(fun() -> receive x -> x after foo -> 1 end end),
    E = attempt(fun() -> receive x -> x after -1 -> 1 end end),
    F = attempt(fun() -> receive x -> x after 16#100000000 -> 1 end end),
    {A, T1 - T0 >= 20, T1 - T0 < 2000, B, C, D, E, F}.

reason_of(F) ->
    {P, M} = spawn_monitor(F),
    receive
        {'DOWN', M, process, P, {R, [{_, _, _, _} | _]}} -> {with_stack, R};
        {'DOWN', M, process, P, R} -> R
    end.

exit_reasons() ->
    [reason_of(F) || F <- [fun() -> ok end,
                           fun() -> exit(normal) end,
                           fun() -> exit(shutdown) end,
                           fun() -> exit({shutdown, x}) end,
                           fun() -> exit(kill) end,
                           fun() -> exit(self(), kill), receive never -> ok end end,
                           fun() -> error(oops) end,
                           fun() -> error({a, b}) end,
                           fun() -> throw(ball) end,
                           fun() -> 1 / (length([]) + 0) end,
                           fun() -> {ok, _} = lists:last([x]) end,
                           fun() -> lists:nope() end,
                           fun() -> (lists:last([x])):f() end,
                           fun() -> hd(lists:last([x])) end,
                           fun() -> catch exit(a), exit(b) end]].

exit_signal_matrix() ->
    [{Reason, Trap, outcome(Reason, Trap)} || Reason <- [normal, kill, killed, shutdown, other], Trap <- [false, true]].

outcome(Reason, Trap) ->
    Parent = self(),
    {P, M} = spawn_monitor(fun() ->
        process_flag(trap_exit, Trap),
        Parent ! {self(), ready},
        receive {'EXIT', Parent, R} -> exit({trapped, R}) after 30 -> exit(survived) end
    end),
    receive {P, ready} -> ok end,
    true = exit(P, Reason),
    receive {'DOWN', M, process, P, R} -> R end.

exit_self() ->
    process_flag(trap_exit, true),
    true = exit(self(), normal),
    true = exit(self(), foo),
    A = [{tag(T), P =:= self(), R} || {T, P, R} <- flush()],
    process_flag(trap_exit, false),
    B = reason_of(fun() -> exit(self(), normal), exit(reached) end),
    C = reason_of(fun() -> exit(self(), foo), exit(reached) end),
    {A, B, C}.

tag('EXIT') -> exit_message.

links_break() ->
    process_flag(trap_exit, true),
    P1 = spawn_link(fun() -> receive stop -> exit(bye) end end),
    P2 = spawn_link(fun() -> link(P1), receive never -> ok end end),
    receive after 5 -> ok end,
    P1 ! stop,
    First = receive {'EXIT', P1, R1} -> R1 end,
    Second = receive {'EXIT', P2, R2} -> R2 end,
    {First, Second, is_process_alive(P1), is_process_alive(P2), element(2, process_info(self(), links))}.

link_to_the_dead() ->
    {Dead, M} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M, _, _, _} -> ok end,
    A = reason_of(fun() -> catch link(Dead), receive after 20 -> survived end end),
    process_flag(trap_exit, true),
    true = link(Dead),
    B = receive {'EXIT', Dead, R} -> R after 100 -> none end,
    {A, B, link(self()), attempt(fun() -> link(foo) end), attempt(fun() -> unlink(1) end), unlink(Dead)}.

%% A pid of another node, and one that this node gave before it was started anew: nothing reaches a process of ours.
pids_of_others() ->
    Self = self(),
    Pid = term_to_binary(Self),
    Size = byte_size(Pid) - 4,
    <<Head:Size/binary, _/binary>> = Pid,
    <<131, 88, 119, 13, "nonode@nohost", Ids:8/binary>> = Head,
    [pids_of(binary_to_term(Other)) || Other <- [<<Head/binary, 1:32>>, <<131, 88, 119, 3, "a@b", Ids/binary, 1:32>>]].

pids_of(Other) ->
    Named = fun(P) when P =:= Other -> other; (P) -> P end,
    Told = fun() -> receive {'EXIT', P, R} -> {exit, Named(P), R}; {T, _, K, O, R} -> {T, K, Named(O), R} after 20 -> none end end,
    Reached = [{attempt(F), Told()}
               || F <- [fun() -> exit(Other, kill) end, fun() -> exit(Other, foo) end, fun() -> unlink(Other) end,
                        fun() -> is_reference(monitor(process, Other)) end, fun() -> is_reference(monitor(process, Other, [{tag, gone}])) end,
                        fun() -> is_process_alive(Other) end, fun() -> process_info(Other) end, fun() -> process_info(Other, links) end,
                        fun() -> register(other, Other) end, fun() -> erlang:send_after(10, Other, x) end,
                        fun() -> erlang:suspend_process(Other) end]],
    Untrapped = reason_of(fun() -> catch link(Other), receive after 20 -> survived end end),
    process_flag(trap_exit, true),
    Linked = {link(Other), Told()},
    {Reached, Untrapped, Linked, Other =:= self(), Other == self(), node(Other)}.

ports_of_others() ->
    process_flag(trap_exit, true),
    Port = fun(Node, Creation) -> binary_to_term(<<131, 120, 119, (byte_size(Node)), Node/binary, 77:64, Creation:32>>) end,
    Told = fun() -> receive {'EXIT', _, R} -> {exit, R}; {T, _, K, O, R} when is_tuple(O) -> {T, K, O, R}; {T, _, K, _, R} -> {T, K, R}
                    after 20 -> none end end,
    [{attempt(F), Told()}
     || Ports <- [[Port(<<"nonode@nohost">>, 0), Port(<<"nonode@nohost">>, 1), Port(<<"a@b">>, 1)]],
        P <- Ports, F <- [fun() -> link(P) end, fun() -> exit(P, x) end, fun() -> is_reference(monitor(port, P)) end]]
    ++ [{attempt(fun() -> is_reference(monitor(port, P)) end), Told()}
        || P <- [foo, {foo, node()}, {foo, 'a@b'}, {1, node()}, {foo, 1}, self(), 1]].

unlink_stops_signals() ->
    P = spawn_link(fun() -> receive stop -> exit(bad) end end),
    unlink(P),
    M = monitor(process, P),
    P ! stop,
    receive {'DOWN', M, process, P, R} -> {R, element(2, process_info(self(), links))} end.

monitors() ->
    P = spawn(fun() -> receive stop -> exit(done) end end),
    M1 = monitor(process, P),
    M2 = monitor(process, P),
    N = length(element(2, process_info(self(), monitors))),
    true = demonitor(M1),
    P ! stop,
    A = receive {'DOWN', M2, process, P, R} -> R end,
    M3 = monitor(process, P),
    B = receive {'DOWN', M3, process, P, R3} -> R3 after 100 -> late end,
    M4 = monitor(process, no_such_name),
    C = receive {'DOWN', M4, process, O4, R4} -> {O4, R4} after 0 -> late end,
    M5 = monitor(process, {no_such_name, node()}),
    D = receive {'DOWN', M5, process, O5, R5} -> {O5, R5} after 0 -> late end,
    E = [attempt(fun() -> monitor(T, I) end) || {T, I} <- [{process, 1}, {foo, self()}, {process, {1, 2}}, {time_offset, foo}]],
    F = is_reference(monitor(time_offset, clock_service)),
    M6 = monitor(port, no_such_port),
    G = receive {'DOWN', M6, port, O6, R6} -> {O6, R6} after 100 -> late end,
    {N, A, B, C, D, E, F, G, flush()}.

monitor_options() ->
    {Dead, M} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M, _, _, _} -> ok end,
    M1 = monitor(process, Dead, [{tag, {my, tag}}]),
    A = receive {T1, M1, process, Dead, R1} -> {T1, R1} end,
    B = [attempt(fun() -> monitor(process, Dead, O) end)
         || O <- [[{alias, foo}], [foo], foo, [{tag, x} | y]]],
    {A, B}.

demonitor_options() ->
    R = make_ref(),
    A = [attempt(fun() -> demonitor(R, O) end) || O <- [[], [flush], [info], [flush, info], [foo], foo]],
    B = [attempt(fun() -> demonitor(X) end) || X <- [R, foo]],
    {Dead, M0} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M0, _, _, _} -> ok end,
    M1 = monitor(process, Dead),
    receive after 5 -> ok end,
    C = demonitor(M1, [info]),
    D = length(flush()),
    M2 = monitor(process, Dead),
    receive after 5 -> ok end,
    E = demonitor(M2, [flush, info]),
    F = length(flush()),
    M3 = monitor(process, self()),
    P = spawn(fun() -> receive x -> ok end end),
    M4 = monitor(process, P),
    {A, B, C, D, E, F, demonitor(M3, [info]), demonitor(M4, [info]), demonitor(M4, [info])}.

aliases() ->
    A = alias(),
    A ! one,
    true = unalias(A),
    A ! two,
    false = unalias(A),
    R = alias([reply]),
    R ! three, R ! four,
    P = spawn(fun() -> receive {From, Ref} -> From ! {Ref, answer} end, receive stop -> ok end end),
    M = monitor(process, P, [{alias, reply_demonitor}]),
    P ! {M, M},
    Answer = receive {M, X} -> X after 1000 -> none end,
    P ! stop,
    receive after 10 -> ok end,
    E = [attempt(fun() -> alias(O) end) || O <- [[foo], foo]] ++ [attempt(fun() -> unalias(foo) end)],
    {flush(), Answer, E}.

names() ->
    Self = self(),
    A = [attempt(fun() -> register(N, P) end) || {N, P} <- [{one, Self}, {one, Self}, {two, Self}, {undefined, Self},
                                                           {1, Self}, {three, foo}, {"x", Self}]],
    B = {whereis(one) =:= Self, whereis(two), attempt(fun() -> whereis(1) end)},
    C = process_info(Self, registered_name),
    D = [attempt(fun() -> unregister(N) end) || N <- [one, two, 1, one]],
    {P, M} = spawn_monitor(fun() -> receive stop -> ok end end),
    register(worker, P),
    E = lists:member(worker, registered()),
    worker ! stop,
    receive {'DOWN', M, _, _, _} -> ok end,
    {A, B, C, D, E, whereis(worker), process_info(Self, registered_name)}.

echo() ->
    receive {From, X} -> From ! {echo, X} end.

start_link(X) ->
    {ok, spawn_link(fun() -> exit(X) end)}.

spawn_forms() ->
    P1 = spawn(?MODULE, echo, []),
    P1 ! {self(), 1},
    {P2, M2} = spawn_opt(?MODULE, echo, [], [monitor]),
    P2 ! {self(), 2},
    {P3, M3} = spawn_opt(fun echo/0, [link, {monitor, [{tag, gone}]}, {priority, high}, {min_heap_size, 1000}]),
    P3 ! {self(), 3},
    receive after 20 -> ok end,
    process_flag(trap_exit, true),
    {ok, P4} = start_link(why),
    L = [case M of
             {echo, _} -> M;
             {'DOWN', R, process, P, X} -> {down, {R, P} =:= {M2, P2}, X};
             {gone, R, process, P, X} -> {gone, {R, P} =:= {M3, P3}, X}
         end || M <- flush()],
    {lists:sort(L), receive {'EXIT', P4, Why} -> Why end}.

spawn_badarg() ->
    [attempt(F) || F <- [fun() -> spawn(a, b, c) end, fun() -> spawn(1, b, []) end, fun() -> spawn(a, 1, []) end,
                         fun() -> spawn(a, b, [x | y]) end, fun() -> spawn(1) end, fun() -> spawn_link(foo) end]]
        ++ [attempt(fun() -> spawn_opt(erlang, self, [], O) end)
            || O <- [[foo], foo, [{priority, foo}], [{min_heap_size, -1}], [{max_heap_size, 1}], [{message_queue_data, x}],
                     [{monitor, [{alias, foo}]}], [link | x], [{reply, yes}], [{monitor}]]].

spawn_requests() ->
    R1 = spawn_request(fun() -> ok end),
    A = receive {spawn_reply, R1, S1, P1} -> {S1, is_pid(P1)} end,
    R2 = spawn_request(?MODULE, echo, [], [monitor, {reply_tag, tagged}]),
    B = receive {tagged, R2, S2, P2} -> P2 ! {self(), hi}, S2 end,
    C = receive {echo, X} -> X end,
    D = receive {'DOWN', R2, process, _, Why} -> Why end,
    R3 = spawn_request(fun() -> ok end, [foo]),
    E = receive {spawn_reply, R3, S3, W3} -> {S3, W3} end,
    _ = spawn_request(fun() -> ok end, [{reply, no}]),
    receive after 5 -> ok end,
    {A, B, C, D, E, flush(), spawn_request_abandon(make_ref())}.

process_flags() ->
    [{F, attempt(fun() -> process_flag(F, V) end)}
     || {F, V} <- [{trap_exit, foo}, {trap_exit, true}, {trap_exit, false}, {priority, high}, {priority, foo},
                   {priority, normal}, {message_queue_data, off_heap}, {message_queue_data, foo},
                   {message_queue_data, on_heap}, {save_calls, 10}, {save_calls, 0}, {sensitive, true}, {sensitive, false},
                   {fullsweep_after, 5}, {fullsweep_after, 65535}, {error_handler, foo}, {error_handler, error_handler},
                   {foo, 1}, {1, 1}]]
        ++ [attempt(fun() -> process_flag(P, save_calls, 0) end) || P <- [self(), foo]]
        ++ [attempt(fun() -> process_flag(self(), trap_exit, true) end)].

process_info_self() ->
    self() ! hello,
    put(key, value),
    Items = [message_queue_len, messages, dictionary, trap_exit, priority, status,
             registered_name, links, monitors, monitored_by, error_handler, suspending, message_queue_data,
             sequential_trace_token, last_calls],
    All = process_info(self(), Items),
    Keys = [K || {K, _} <- process_info(self())],
    erase(key),
    Unmonitored = lists:keyreplace(monitored_by, 1, All, {monitored_by, length(element(2, lists:keyfind(monitored_by, 1, All)))}),
    {Unmonitored, Keys, process_info(self(), []), process_info(self(), registered_name),
     element(2, element(2, process_info(self(), current_function))),
     [attempt(fun() -> process_info(self(), I) end) || I <- [foo, [links, foo], [links | x], 1, {foo, bar}]],
     is_integer(element(2, process_info(self(), reductions)))}.

process_info_other() ->
    Parent = self(),
    P = spawn_link(fun() -> put(a, 1), process_flag(trap_exit, true), Parent ! ready, receive stop -> ok end end),
    receive ready -> ok end,
    P ! one, P ! two,
    Items = [message_queue_len, messages, dictionary, trap_exit, priority, registered_name, error_handler,
             initial_call, monitors],
    Info = process_info(P, Items),
    Links = process_info(P, links) =:= {links, [Parent]},
    {M, F, _} = element(2, process_info(P, current_function)),
    Sizes = [is_integer(element(2, process_info(P, I))) || I <- [heap_size, total_heap_size, stack_size, memory, reductions]],
    P ! stop,
    {Info, Links, M, is_atom(F), Sizes}.

process_info_dead() ->
    {P, M} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M, _, _, _} -> ok end,
    [process_info(P), process_info(P, links), process_info(P, [links]), process_info(P, [])]
        ++ [attempt(fun() -> process_info(X, Y) end) || {X, Y} <- [{P, foo}, {foo, links}]]
        ++ [attempt(fun() -> process_info(foo) end), is_process_alive(P), attempt(fun() -> is_process_alive(foo) end)].

suspend() ->
    Parent = self(),
    P = spawn(fun F() -> receive X -> Parent ! {got, X} end, F() end),
    true = erlang:suspend_process(P),
    P ! 1,
    A = receive M1 -> M1 after 20 -> silence end,
    B = process_info(P, status),
    true = erlang:resume_process(P),
    C = receive M2 -> M2 after 1000 -> silence end,
    D = [attempt(fun() -> erlang:F2(X) end) || F2 <- [suspend_process, resume_process], X <- [self(), foo, P]],
    catch erlang:resume_process(P),
    exit(P, kill),
    {A, B, C, D}.

timers() ->
    T1 = erlang:send_after(10, self(), plain),
    T2 = erlang:start_timer(15, self(), msg),
    T3 = erlang:send_after(100000, self(), never),
    Left = erlang:read_timer(T3),
    A = erlang:cancel_timer(T3),
    B = erlang:cancel_timer(T3),
    C = receive plain -> plain after 2000 -> late end,
    D = receive {timeout, T2, X} -> X after 2000 -> late end,
    E = {erlang:read_timer(T1), erlang:cancel_timer(make_ref()), erlang:read_timer(make_ref())},
    T4 = erlang:send_after(100000, self(), never),
    F = erlang:cancel_timer(T4, [{async, true}]),
    G = receive {cancel_timer, T4, N} -> is_integer(N) after 2000 -> late end,
    T5 = erlang:send_after(100000, self(), never),
    H = erlang:cancel_timer(T5, [{info, false}]),
    I = erlang:send_after(erlang:monotonic_time(millisecond) - 5, self(), past, [{abs, true}]),
    J = receive past -> past after 2000 -> late end,
    {Left > 90000, is_integer(A), B, C, D, E, F, G, H, is_reference(I), J}.

timer_arguments() ->
    [attempt(fun() -> erlang:F(T, D, m) end)
     || F <- [send_after, start_timer], {T, D} <- [{-1, self()}, {foo, self()}, {1.0, self()}, {1, 1}, {1, {a, node()}},
                                                    {1 bsl 60, self()}, {1 bsl 80, self()}]]
        ++ [attempt(fun() -> erlang:send_after(1, self(), m, O) end) || O <- [[{abs, foo}], [foo], foo]]
        ++ [attempt(fun() -> erlang:F(X) end) || F <- [cancel_timer, read_timer], X <- [foo, 1]]
        ++ [attempt(fun() -> erlang:cancel_timer(make_ref(), O) end) || O <- [[foo], foo, [{async, x}]]].

timer_to_name() ->
    erlang:send_after(5, timed_name, hi),
    register(timed_name, self()),
    receive hi -> ok after 2000 -> late end.

group_leaders() ->
    G = group_leader(),
    P = spawn(fun() -> receive stop -> ok end end),
    A = process_info(P, group_leader) =:= {group_leader, G},
    true = group_leader(self(), P),
    B = process_info(P, group_leader) =:= {group_leader, self()},
    C = [attempt(fun() -> group_leader(X, Y) end) || {X, Y} <- [{foo, self()}, {self(), foo}]],
    %% A process that is told to end no longer has a group leader.
    exit(P, stop),
    D = attempt(fun() -> group_leader(G, P) end),
    {is_pid(G), A, B, C, D}.

%% What is known of a fun where it was sent to, before anything of its module ran there.
funs_elsewhere() ->
    F = fun() -> receive stop -> ok end end,
    P = proc_lib:spawn(F),
    {name, Name} = erlang:fun_info(F, name),
    A = proc_lib:initial_call(P) =:= {?MODULE, Name, []},
    Q = spawn(erlang, apply, [fun lists:foreach/2, [fun(X) -> X end, []]]),
    Parent = self(),
    spawn(fun() -> receive G -> Parent ! {info, erlang:fun_info(G, name), erlang:fun_info(G, arity)} end end) ! F,
    B = receive {info, I, J} -> {I =:= {name, Name}, J} after 1000 -> late end,
    P ! stop,
    {A, B, is_pid(Q)}.

%% A heap is never smaller than was asked for.
heap_sizes() ->
    P = spawn_opt(fun() -> receive stop -> ok end end, [{min_heap_size, 10000}]),
    receive after 10 -> ok end,
    [{heap_size, H}, {total_heap_size, T}, {garbage_collection, Settings}] = process_info(P, [heap_size, total_heap_size, garbage_collection]),
    P ! stop,
    {H >= 10000, T >= H, proplists:get_value(min_heap_size, Settings)}.

hibernation() ->
    Parent = self(),
    P = spawn(fun() -> erlang:hibernate(erlang, apply, [fun() -> receive X -> Parent ! {woken, X} end end, []]) end),
    receive after 10 -> ok end,
    P ! now,
    A = receive {woken, X} -> X after 1000 -> late end,
    B = [attempt(fun() -> erlang:hibernate(M, F, As) end) || {M, F, As} <- [{1, f, []}, {m, 2, []}, {m, f, x}, {m, f, [a | b]}]],
    {A, B}.

trap_exit_from_dead_link() ->
    process_flag(trap_exit, true),
    Ps = [spawn_link(fun() -> exit(N) end) || N <- [1, 2, 3]],
    [receive {'EXIT', P, R} -> R end || P <- Ps].

error_in_linked() ->
    process_flag(trap_exit, true),
    P = spawn_link(fun() -> error(boom) end),
    receive {'EXIT', P, {R, S}} -> {R, is_list(S), [{M, A} || {M, _, A, _} <- S, M =:= ?MODULE]} end.

many() ->
    Self = self(),
    Ps = [spawn(fun() -> receive go -> Self ! {done, N} end end) || N <- lists:seq(1, 500)],
    [P ! go || P <- Ps],
    lists:sum([receive {done, N} -> N end || _ <- Ps]).

ring() ->
    Self = self(),
    Last = lists:foldl(fun(_, Next) -> spawn(fun() -> pass(Next) end) end, Self, lists:seq(1, 100)),
    [begin Last ! {token, N}, receive {token, N} -> N end end || N <- [1, 2, 3]].

pass(Next) ->
    receive M -> Next ! M, pass(Next) end.

garbage() ->
    P = spawn(fun() -> receive stop -> ok end end),
    A = [garbage_collect(), garbage_collect(self()), garbage_collect(P), garbage_collect(self(), [{type, minor}])],
    B = garbage_collect(P, [{async, req}]),
    C = receive {garbage_collect, req, X} -> X after 1000 -> late end,
    D = [attempt(fun() -> garbage_collect(Y) end) || Y <- [foo]] ++ [attempt(fun() -> garbage_collect(self(), [{type, foo}]) end)],
    P ! stop,
    {A, B, C, D, erlang:check_process_code(self(), lists), attempt(fun() -> erlang:check_process_code(foo, lists) end)}.

dictionary_of_other() ->
    P = spawn(fun() -> put({a, b}, "text"), receive stop -> ok end end),
    receive after 5 -> ok end,
    R = process_info(P, dictionary),
    P ! stop,
    R.
