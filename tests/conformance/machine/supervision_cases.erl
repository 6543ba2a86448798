%% Trees of supervisors, and the signals that hold them together: what happens in which order.
-module(supervision_cases).
-behaviour(supervisor).
-export([cases/0, init/1, start_worker/1, start_worker/2, loop/2, start_nested/2, start_slow/2]).

cases() ->
    [{name(Strategy, Victim), fun() -> crash(Strategy, Victim) end}
     || Strategy <- [one_for_one, one_for_all, rest_for_one], Victim <- [a, b, c]] ++
    [{matrix(Type, How), fun() -> restart(Type, How) end}
     || Type <- [permanent, transient, temporary], How <- [normal, shutdown, {shutdown, x}, crash, kill]] ++
    [{intensity(N, Crashes), fun() -> intense(N, Crashes) end} || N <- [0, 1, 3], Crashes <- [1, 2, 4]] ++
    [{intensity_of_nested, fun intensity_of_nested/0},
     {nested_shutdown_order, fun nested_shutdown_order/0},
     {shutdown_timeouts, fun shutdown_timeouts/0},
     {significant_children, fun significant_children/0},
     {children_of_the_dead, fun children_of_the_dead/0},
     {start_order_and_failure, fun start_order_and_failure/0},
     {restart_that_fails, fun restart_that_fails/0},
     {name_clash, fun name_clash/0},
     {child_functions, fun child_functions/0},
     {simple_children, fun simple_children/0},
     {linked_crowd, fun linked_crowd/0},
     {trapping_chain, fun trapping_chain/0},
     {signal_order, fun signal_order/0},
     {down_before_exit, fun down_before_exit/0},
     {kill_is_not_contagious, fun kill_is_not_contagious/0},
     {suspended, fun suspended/0},
     {hibernated, fun hibernated/0},
     {priorities, fun priorities/0},
     {groups, fun groups/0},
     {late_replies, fun late_replies/0}].

name(A, B) -> list_to_atom(atom_to_list(A) ++ "_" ++ atom_to_list(B)).
matrix(Type, How) -> list_to_atom(lists:flatten(io_lib:format("~w ~w", [Type, How]))).
intensity(N, Crashes) -> list_to_atom(lists:flatten(io_lib:format("intensity ~w of ~w", [Crashes, N]))).

%% Workers tell the test what they do.
start_worker(Name) -> start_worker(Name, #{}).

start_worker(Name, Options) ->
    Test = persistent_term:get(?MODULE),
    case Options of
        #{refuse := true} -> {error, refused};
        #{ignore := true} -> ignore;
        _ ->
            Pid = spawn_link(fun() ->
                process_flag(trap_exit, maps:get(trap, Options, true)),
                catch unregister(Name),
                register(Name, self()),
                Test ! {started, Name},
                receive go -> loop(Name, Test) end
            end),
            Pid ! go,
            {ok, Pid}
    end.

loop(Name, Test) ->
    receive
        {'EXIT', _, Reason} -> Test ! {stopped, Name, Reason}, exit(Reason);
        {exit, Reason} -> exit(Reason);
        {ping, From} -> From ! {pong, Name}, loop(Name, Test)
    end.

start_nested(Name, Spec) ->
    persistent_term:get(?MODULE) ! {starting, Name},
    supervisor:start_link({local, Name}, ?MODULE, Spec).

%% Takes its time to end.
start_slow(Name, Millis) ->
    Test = persistent_term:get(?MODULE),
    Pid = spawn_link(fun() ->
        process_flag(trap_exit, true),
        Test ! {started, Name},
        receive {'EXIT', _, Reason} -> timer_sleep(Millis), Test ! {stopped, Name, Reason} end
    end),
    receive {started, Name} -> ok after 0 -> ok end,
    {ok, Pid}.

timer_sleep(Millis) -> receive after Millis -> ok end.

init(Spec) -> Spec.

child(Name) -> child(Name, #{}).
child(Name, More) -> maps:merge(#{id => Name, start => {?MODULE, start_worker, [Name]}}, More).

tree(Flags, Children) ->
    persistent_term:put(?MODULE, self()),
    process_flag(trap_exit, true),
    supervisor:start_link(?MODULE, {ok, {Flags, Children}}).

%% Everything that happens until nothing has happened for a while.
events() -> receive M -> [M | events()] after 40 -> [] end.

named(Events) -> [case E of {'EXIT', _, R} -> {exit, R}; _ -> E end || E <- Events].

stop(Supervisor) ->
    unlink(Supervisor),
    M = monitor(process, Supervisor),
    exit(Supervisor, shutdown),
    receive {'DOWN', M, _, _, R} -> R end.

crash(Strategy, Victim) ->
    {ok, S} = tree(#{strategy => Strategy, intensity => 5}, [child(a), child(b), child(c)]),
    Started = events(),
    Victim ! {exit, crash},
    Restarted = events(),
    Alive = [{Id, is_pid(P)} || {Id, P, _, _} <- supervisor:which_children(S)],
    R = stop(S),
    {named(Started), named(Restarted), Alive, R, named(events())}.

restart(Type, How) ->
    {ok, S} = tree(#{strategy => one_for_all, intensity => 5}, [child(a), child(b, #{restart => Type})]),
    events(),
    case How of
        kill -> exit(whereis(b), kill);
        _ -> b ! {exit, How}
    end,
    Happened = events(),
    Children = [{Id, is_pid(P)} || {Id, P, _, _} <- supervisor:which_children(S)],
    Counts = supervisor:count_children(S),
    stop(S),
    {named(Happened), Children, Counts, named(events())}.

intense(N, Crashes) ->
    {ok, S} = tree(#{intensity => N, period => 1000}, [child(a), child(b)]),
    events(),
    Seen = [begin catch a ! {exit, {crash, I}}, named(events()) end || I <- lists:seq(1, Crashes)],
    {Seen, is_process_alive(S), whereis(a) =:= undefined, case is_process_alive(S) of true -> stop(S); false -> over end}.

%% The inner supervisor gives up; the outer one starts it again, until that is too much too.
intensity_of_nested() ->
    Inner = {ok, {#{intensity => 1, period => 1000}, [child(x)]}},
    Spec = #{id => inner, start => {?MODULE, start_nested, [inner, Inner]}, type => supervisor},
    {ok, S} = tree(#{intensity => 1, period => 1000}, [child(a), Spec]),
    First = events(),
    Seen = [begin catch x ! {exit, crash}, named(events()) end || _ <- lists:seq(1, 4)],
    {First, Seen, is_process_alive(S), whereis(inner)}.

nested_shutdown_order() ->
    Level = fun(Name, Children) ->
        #{id => Name, start => {?MODULE, start_nested, [Name, {ok, {#{}, Children}}]}, type => supervisor}
    end,
    {ok, S} = tree(#{}, [child(a), Level(s1, [child(b), Level(s2, [child(c), child(d)]), child(e)]), child(f)]),
    Started = events(),
    {Started, stop(S), named(events())}.

shutdown_timeouts() ->
    Slow = fun(Name, Millis, Shutdown) ->
        #{id => Name, start => {?MODULE, start_slow, [Name, Millis]}, shutdown => Shutdown}
    end,
    {ok, S} = tree(#{}, [Slow(quick, 5, 200), Slow(late, 300, 20), Slow(brutal, 5, brutal_kill), Slow(patient, 50, infinity)]),
    events(),
    {stop(S), named(events())}.

significant_children() ->
    [begin
         {ok, S} = tree(#{auto_shutdown => Auto},
                        [child(a, #{restart => transient, significant => true}),
                         child(b, #{restart => temporary, significant => true}), child(c)]),
         events(),
         a ! {exit, normal},
         First = named(events()),
         catch b ! {exit, crash},
         Second = named(events()),
         {Auto, First, Second, is_process_alive(S), case is_process_alive(S) of true -> stop(S); false -> over end, named(events())}
     end || Auto <- [any_significant, all_significant]].

%% A supervisor that is killed leaves its children an exit signal.
children_of_the_dead() ->
    {ok, S} = tree(#{}, [child(a), child(b)]),
    events(),
    exit(S, kill),
    lists:sort(named(events())).

start_order_and_failure() ->
    Bad = #{id => bad, start => {?MODULE, start_worker, [bad, #{refuse => true}]}},
    Ignored = #{id => ignored, start => {?MODULE, start_worker, [ignored, #{ignore => true}]}},
    persistent_term:put(?MODULE, self()),
    process_flag(trap_exit, true),
    Failed = supervisor:start_link(?MODULE, {ok, {#{}, [child(a), child(b), Bad, child(c)]}}),
    Events = named(events()),
    {ok, S} = supervisor:start_link(?MODULE, {ok, {#{}, [child(a), Ignored]}}),
    Children = [{Id, is_pid(P)} || {Id, P, _, _} <- supervisor:which_children(S)],
    stop(S),
    Wrong = [supervisor:start_link(?MODULE, Spec)
             || Spec <- [{ok, nonsense}, ignore, {ok, {#{strategy => nope}, []}}, {ok, {#{}, [#{id => x}]}}, {ok, {#{}, [child(a), child(a)]}}]],
    {Failed, Events, Children, Wrong, length(named(events()))}.

%% The first start works, later ones do not.
restart_that_fails() ->
    persistent_term:put({?MODULE, fails}, false),
    Start = fun() ->
        case persistent_term:get({?MODULE, fails}) of
            true -> {error, no_more};
            false -> persistent_term:put({?MODULE, fails}, true), start_worker(once)
        end
    end,
    {ok, S} = tree(#{intensity => 2, period => 1000}, [#{id => once, start => {erlang, apply, [Start, []]}}]),
    events(),
    once ! {exit, crash},
    Events = named(events()),
    {Events, is_process_alive(S)}.

name_clash() ->
    {ok, S} = tree(#{}, []),
    register(taken, S),
    One = supervisor:start_link({local, taken}, ?MODULE, {ok, {#{}, []}}) =:= {error, {already_started, S}},
    Two = (catch register(taken, self())),
    stop(S),
    {One, element(1, Two), element(1, element(2, Two)), whereis(taken)}.

child_functions() ->
    {ok, S} = tree(#{}, [child(a)]),
    events(),
    Calls = [supervisor:start_child(S, child(a)),
             supervisor:start_child(S, child(b)),
             supervisor:terminate_child(S, b),
             supervisor:terminate_child(S, b),
             supervisor:restart_child(S, b),
             supervisor:restart_child(S, b),
             supervisor:restart_child(S, nobody),
             supervisor:delete_child(S, b),
             supervisor:terminate_child(S, b),
             supervisor:delete_child(S, b),
             supervisor:terminate_child(S, nobody),
             supervisor:get_childspec(S, nobody)],
    Shown = [case C of {ok, P} when is_pid(P) -> ok_pid; {error, {already_started, P}} when is_pid(P) -> already; _ -> C end || C <- Calls],
    {ok, Spec} = supervisor:get_childspec(S, a),
    stop(S),
    {Shown, lists:sort(maps:to_list(Spec)), named(events())}.

simple_children() ->
    {ok, S} = tree(#{strategy => simple_one_for_one, intensity => 2, period => 1000},
                   [#{id => any, start => {?MODULE, start_worker, []}, restart => transient}]),
    Started = [element(1, supervisor:start_child(S, [N])) || N <- [p, q, r]],
    Refused = supervisor:start_child(S, [z, #{refuse => true}]),
    Ignored = supervisor:start_child(S, [z, #{ignore => true}]),
    events(),
    q ! {exit, crash},
    Crashed = named(events()),
    ok = supervisor:terminate_child(S, whereis(p)),
    Terminated = named(events()),
    Counts = supervisor:count_children(S),
    Wrong = [supervisor:terminate_child(S, any), supervisor:restart_child(S, any), supervisor:delete_child(S, any)],
    {Started, Refused, Ignored, Crashed, Terminated, Counts, Wrong, stop(S), lists:sort(named(events()))}.

%% Fifty processes in a ring of links.
linked_crowd() ->
    process_flag(trap_exit, true),
    Test = self(),
    Pids = [spawn(fun() -> receive {next, P} -> link(P), Test ! linked, receive never -> ok end end end) || _ <- lists:seq(1, 50)],
    [P ! {next, N} || {P, N} <- lists:zip(Pids, tl(Pids) ++ [hd(Pids)])],
    [receive linked -> ok end || _ <- Pids],
    Monitors = [monitor(process, P) || P <- Pids],
    exit(lists:nth(25, Pids), boom),
    Reasons = [receive {'DOWN', M, _, _, R} -> R end || M <- Monitors],
    {lists:usort(Reasons), length(Reasons)}.

%% One that traps stops the chain.
trapping_chain() ->
    Test = self(),
    Chain = fun F(0) -> receive {exit, R} -> exit(R) end;
                F(N) ->
                    process_flag(trap_exit, N =:= 2),
                    Next = spawn_link(fun() -> F(N - 1) end),
                    Test ! {N, Next},
                    receive {'EXIT', Next, R} -> Test ! {trapped, N, R}, receive after 20 -> exit(done) end end
            end,
    {Pid, M} = spawn_monitor(fun() -> Chain(4) end),
    Nexts = [receive {N, P} -> P end || N <- [4, 3, 2, 1]],
    lists:last(Nexts) ! {exit, bottom},
    Trapped = receive {trapped, N, R} -> {N, R} end,
    Reason = receive {'DOWN', M, process, Pid, R2} -> R2 end,
    {Trapped, Reason, [is_process_alive(P) || P <- Nexts]}.

%% Messages, exits and links of one sender come in the order in which they were sent.
signal_order() ->
    Test = self(),
    P = spawn(fun() -> process_flag(trap_exit, true), Test ! ready, receive go -> ok end, Test ! {seen, events()} end),
    receive ready -> ok end,
    P ! one, link(P), P ! two, unlink(P), exit(P, three), P ! four, exit(P, normal), P ! go, P ! five,
    receive {seen, Seen} -> named(Seen) end.

%% The link was there before the monitor.
down_before_exit() ->
    process_flag(trap_exit, true),
    P = spawn_link(fun() -> receive stop -> exit(reason) end end),
    M = monitor(process, P),
    P ! stop,
    First = [case E of {'EXIT', P, R} -> {exit, R}; {'DOWN', M, process, P, R} -> {down, R} end || E <- events()],
    M2 = monitor(process, P),
    link_dead(P),
    Second = [case E of {'EXIT', P, R} -> {exit, R}; {'DOWN', M2, process, P, R} -> {down, R} end || E <- events()],
    {lists:sort(First), lists:sort(Second)}.

link_dead(P) -> catch link(P).

kill_is_not_contagious() ->
    process_flag(trap_exit, true),
    Test = self(),
    A = spawn_link(fun() -> process_flag(trap_exit, true), B = spawn_link(fun() -> receive never -> ok end end), Test ! B,
                            receive M -> Test ! {saw, element(3, M)}, receive never -> ok end end end),
    B = receive X -> X end,
    exit(B, kill),
    Saw = receive {saw, R} -> R end,
    exit(A, kill),
    {Saw, receive {'EXIT', A, R2} -> R2 end}.

suspended() ->
    Test = self(),
    P = spawn(fun() -> loop(suspended, Test) end),
    true = erlang:suspend_process(P),
    P ! {ping, self()},
    Before = events(),
    {status, Status} = process_info(P, status),
    true = erlang:resume_process(P),
    After = events(),
    true = erlang:suspend_process(P),
    true = erlang:suspend_process(P),
    true = erlang:resume_process(P),
    P ! {ping, self()},
    Twice = events(),
    true = erlang:resume_process(P),
    {Before, Status, After, Twice, events(), catch element(1, element(2, catch erlang:resume_process(P)))}.

hibernated() ->
    Test = self(),
    P = spawn(fun() -> put(kept, yes), proc_lib:hibernate(?MODULE, loop, [hibernated, Test]) end),
    Waiting = [begin timer_sleep(5), process_info(P, Item) end || Item <- [status, message_queue_len, dictionary]],
    P ! {ping, self()},
    A = events(),
    M = monitor(process, P),
    P ! {exit, awake},
    {Waiting, A, receive {'DOWN', M, _, _, R} -> R end}.

%% While a process of a higher priority has work, those below it wait.
priorities() ->
    Test = self(),
    Old = process_flag(priority, max),
    Pids = [spawn_opt(fun() -> receive go -> Test ! {ran, Level} end end, [{priority, Level}]) || Level <- [low, normal, high]],
    timer_sleep(5),
    [P ! go || P <- Pids],
    Seen = [receive {ran, L} -> L end || _ <- Pids],
    process_flag(priority, Old),
    {Old, lists:last(Seen) =:= low orelse hd(Seen) =:= high, [catch spawn_opt(fun() -> ok end, [{priority, X}]) =:= x || X <- [max]],
     element(1, element(2, catch process_flag(priority, none)))}.

groups() ->
    {ok, _} = pg:start_link(scope),
    Test = self(),
    {Ref, []} = pg:monitor(scope, group),
    Pids = [spawn(fun() -> loop(member, Test) end) || _ <- [1, 2, 3]],
    ok = pg:join(scope, group, Pids),
    ok = pg:join(scope, group, hd(Pids)),
    Members = [length([M || M <- pg:get_members(scope, group), M =:= P]) || P <- Pids],
    {leave, ok} = {leave, pg:leave(scope, group, hd(Pids))},
    not_joined = pg:leave(scope, other, Pids),
    exit(lists:last(Pids), kill),
    Events = [{Type, length(Ps)} || {R, Type, group, Ps} <- events(), R =:= Ref],
    {Members, Events, length(pg:get_local_members(scope, group)), pg:which_groups(scope)}.

%% A reply that comes after the timeout of its call is dropped.
late_replies() ->
    P = spawn(fun F() -> receive {'$gen_call', From, {wait, T}} -> timer_sleep(T), gen:reply(From, {waited, T}), F() end end),
    A = (catch gen_server:call(P, {wait, 30}, 5)),
    B = gen_server:call(P, {wait, 1}, 1000),
    {element(1, element(2, A)), B, events()}.
