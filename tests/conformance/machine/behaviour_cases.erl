%% Behaviours of the library: servers, state machines, event handlers, supervisors.
-module(behaviour_cases).
-behaviour(gen_server).
-export([cases/0, init/1, handle_call/3, handle_cast/2, handle_info/2, handle_continue/2, terminate/2, code_change/3]).
-export([callback_mode/0, idle/3, busy/3, start_worker/2, handle_event/2]).

cases() ->
    [{server_calls, fun server_calls/0}, {server_stops, fun server_stops/0}, {server_timeouts, fun server_timeouts/0},
     {server_names, fun server_names/0}, {server_init_failures, fun server_init_failures/0},
     {server_crash_seen_by_caller, fun server_crash_seen_by_caller/0}, {multi_call, fun multi_call/0},
     {send_request, fun send_request/0}, {sys_functions, fun sys_functions/0}, {statem, fun statem/0},
     {event_handlers, fun event_handlers/0}, {proc_lib_starts, fun proc_lib_starts/0},
     {one_for_one, fun() -> strategy(one_for_one) end}, {one_for_all, fun() -> strategy(one_for_all) end},
     {rest_for_one, fun() -> strategy(rest_for_one) end}, {simple_one_for_one, fun simple_one_for_one/0},
     {restart_types, fun restart_types/0}, {intensity, fun intensity/0}, {shutdown_order, fun shutdown_order/0},
     {start_failure, fun start_failure/0}, {supervisor_functions, fun supervisor_functions/0}, {nested, fun nested/0},
     {brutal_kill, fun brutal_kill/0}, {gen_call_to_dead, fun gen_call_to_dead/0}, {hibernating_server, fun hibernating_server/0}].

attempt(F) ->
    try {ok, F()} catch Class:Reason -> {Class, Reason} end.

flush() ->
    receive M -> [M | flush()] after 0 -> [] end.

%% A server whose state is told by its first argument.
init({supervisor, Spec}) -> Spec;
init({statem, Data}) -> {ok, idle, Data};
init({event, Args}) -> {ok, Args};
init({tell, Parent, Name}) -> process_flag(trap_exit, true), Parent ! {init, Name}, {ok, {tell, Parent, Name}};
init(fail) -> {stop, refused};
init(ignored) -> ignore;
init(crash) -> error(in_init);
init({continue, X}) -> {ok, X, {continue, more}};
init({timeout, T}) -> {ok, waiting, T};
init(X) -> {ok, X}.

handle_call(get, _, S) -> {reply, S, S};
handle_call({set, New}, _, S) -> {reply, S, New};
handle_call({later, From2}, From, S) -> From2 ! {from, From}, {noreply, S};
handle_call(crash, _, _) -> error(crashed_in_call);
handle_call({stop, Why}, _, S) -> {stop, Why, stopping, S};
handle_call({stop_silent, Why}, _, S) -> {stop, Why, S};
handle_call(hibernate, _, S) -> {reply, ok, S, hibernate};
handle_call(bad, _, _) -> nonsense;
handle_call(exit_normal, _, _) -> exit(normal).

handle_cast({add, X}, S) -> {noreply, [X | S]};
handle_cast(crash, _) -> error(crashed_in_cast);
handle_cast({stop, Why}, S) -> {stop, Why, S}.

handle_info(timeout, _) -> {noreply, timed_out};
handle_info(_, S) -> {noreply, S}.

handle_continue(more, X) -> {noreply, {continued, X}}.

terminate(Why, {tell, Parent, Name}) -> Parent ! {terminated, Name, Why}, ok;
terminate(_, _) -> ok.

code_change(_, S, _) -> {ok, {changed, S}}.

server_calls() ->
    {ok, P} = gen_server:start_link(?MODULE, [], []),
    gen_server:cast(P, {add, 1}),
    gen_server:cast(P, {add, 2}),
    A = gen_server:call(P, get),
    B = gen_server:call(P, {set, new}),
    Self = self(),
    spawn_link(fun() -> Self ! {late, gen_server:call(P, {later, Self})} end),
    receive {from, From} -> gen_server:reply(From, answer) end,
    C = receive {late, X} -> X end,
    P ! anything,
    {ok, Q} = gen_server:start_link(?MODULE, {continue, 5}, []),
    {A, B, C, gen_server:call(P, get), gen_server:call(Q, get), gen_server:stop(P), is_process_alive(P)}.

server_stops() ->
    process_flag(trap_exit, true),
    [begin
         {ok, P} = gen_server:start_link(?MODULE, {tell, self(), server}, []),
         R = attempt(fun() -> gen_server:call(P, What) end),
         Exit = receive {'EXIT', P, Why} -> reason(Why) end,
         {shorten(R), Exit, [shorten(M) || M <- flush()]}
     end || What <- [{stop, normal}, {stop, shutdown}, {stop, {shutdown, x}}, {stop, other}, {stop_silent, quiet}]].

reason({R, [{_, _, _, _} | _]}) -> {with_stack, R};
reason(R) -> R.

shorten({exit, {R, {gen_server, call, _}}}) -> {exit, reason(R), in_call};
shorten({terminated, N, R}) -> {terminated, N, reason(R)};
shorten(X) -> X.

server_timeouts() ->
    {ok, P} = gen_server:start_link(?MODULE, {timeout, 10}, []),
    receive after 30 -> ok end,
    A = gen_server:call(P, get),
    R = attempt(fun() -> gen_server:call(P, {later, spawn(fun() -> ok end)}, 10) end),
    B = case R of {exit, {timeout, {gen_server, call, [_, _, 10]}}} -> timed_out end,
    {A, B, attempt(fun() -> gen_server:call(P, get, foo) end) =/= ok}.

server_names() ->
    {ok, P} = gen_server:start({local, my_server}, ?MODULE, state, []),
    A = gen_server:start({local, my_server}, ?MODULE, state, []) =:= {error, {already_started, P}},
    B = gen_server:call(my_server, get),
    C = gen_server:call({my_server, node()}, get),
    gen_server:stop(my_server),
    {A, B, C, whereis(my_server), attempt(fun() -> gen_server:call(my_server, get) end)}.

server_init_failures() ->
    process_flag(trap_exit, true),
    [begin
         R = case gen_server:start_link(?MODULE, Arg, []) of {error, {E, _}} -> {error, E}; X -> X end,
         {Arg, R, [reason(Why) || {'EXIT', _, Why} <- flush()]}
     end || Arg <- [fail, ignored, crash]].

server_crash_seen_by_caller() ->
    process_flag(trap_exit, true),
    [begin
         {ok, P} = gen_server:start_link(?MODULE, s, []),
         R = case What of
                 {cast, C} -> gen_server:cast(P, C);
                 _ -> shorten(attempt(fun() -> gen_server:call(P, What) end))
             end,
         {R, receive {'EXIT', P, Why} -> reason(Why) end}
     end || What <- [crash, {cast, crash}, bad, exit_normal, {cast, {stop, because}}]].

multi_call() ->
    {ok, P} = gen_server:start({local, multi}, ?MODULE, here, []),
    R = {gen_server:multi_call([node()], multi, get), gen_server:abcast([node()], multi, {add, x})},
    gen_server:stop(P),
    R.

send_request() ->
    {ok, P} = gen_server:start(?MODULE, v, []),
    R1 = gen_server:send_request(P, get),
    A = gen_server:wait_response(R1, 1000),
    R2 = gen_server:send_request(P, {set, w}),
    B = receive M -> gen_server:check_response(M, R2) end,
    gen_server:stop(P),
    R3 = gen_server:send_request(P, get),
    {error, {C, P}} = gen_server:wait_response(R3, 1000),
    {A, B, C}.

sys_functions() ->
    {ok, P} = gen_server:start(?MODULE, state, []),
    A = sys:get_state(P),
    B = sys:replace_state(P, fun(S) -> {S, replaced} end),
    ok = sys:suspend(P),
    {status, P, {module, M}, [_, S, Parent | _]} = sys:get_status(P),
    C = sys:change_code(P, ?MODULE, old, extra),
    ok = sys:resume(P),
    D = gen_server:call(P, get),
    {A, B, M, S, Parent =:= P, C, D, sys:terminate(P, enough), is_process_alive(P)}.

callback_mode() -> [state_functions, state_enter].

idle(enter, Old, D) -> {keep_state, [{idle_after, Old} | D]};
idle({call, From}, work, D) -> {next_state, busy, D, [{reply, From, started}, {state_timeout, 10, done}]};
idle({call, From}, get, D) -> {keep_state_and_data, [{reply, From, {idle, D}}]};
idle(cast, postponed, _) -> {keep_state_and_data, [postpone]};
idle(info, I, D) -> {keep_state, [{info, I} | D]}.

busy(enter, Old, D) -> {keep_state, [{busy_after, Old} | D]};
busy(state_timeout, done, D) -> {next_state, idle, [timeout | D]};
busy(cast, postponed, D) -> {keep_state, [postponed | D]};
busy({call, From}, get, D) -> {keep_state_and_data, [{reply, From, {busy, D}}]};
busy({call, From}, stop, D) -> {stop_and_reply, normal, [{reply, From, {stopped, D}}]}.

statem() ->
    {ok, P} = gen_statem:start_link(?MODULE, {statem, []}, []),
    gen_statem:cast(P, postponed),
    P ! hello,
    A = gen_statem:call(P, get),
    B = gen_statem:call(P, work),
    C = gen_statem:call(P, get),
    receive after 50 -> ok end,
    D = gen_statem:call(P, get),
    started = gen_statem:call(P, work),
    E = gen_statem:call(P, stop),
    {A, B, C, D, E}.

handle_event({tell, X}, S = {to, P, N}) -> P ! {N, X}, {ok, S};
handle_event(crash, _) -> error(handler);
handle_event(remove, _) -> remove_handler.

event_handlers() ->
    {ok, M} = gen_event:start_link(),
    Self = self(),
    A = [gen_event:add_handler(M, {?MODULE, N}, {event, {to, Self, N}}) || N <- [1, 2]],
    gen_event:notify(M, {tell, a}),
    gen_event:sync_notify(M, {tell, b}),
    B = lists:sort(flush()),
    C = lists:sort(gen_event:which_handlers(M)),
    gen_event:delete_handler(M, {?MODULE, 1}, bye),
    gen_event:sync_notify(M, {tell, c}),
    D = flush(),
    gen_event:sync_notify(M, remove),
    {A, B, C, D, gen_event:which_handlers(M), gen_event:stop(M)}.

proc_lib_starts() ->
    process_flag(trap_exit, true),
    A = proc_lib:start_link(erlang, apply, [fun() -> proc_lib:init_ack({ok, ready}) end, []]),
    B = proc_lib:start(erlang, apply, [fun() -> exit(early) end, []]),
    C = proc_lib:start(erlang, apply, [fun() -> receive never -> ok end end, []], 10),
    P = proc_lib:spawn(fun() -> receive stop -> ok end end),
    D = proc_lib:initial_call(P),
    P ! stop,
    {A, B, C, D, element(2, process_info(self(), trap_exit))}.

%% Supervisors.

start_worker(Parent, Name) ->
    gen_server:start_link(?MODULE, {tell, Parent, Name}, []).

child(Name, Restart, Shutdown) ->
    #{id => Name, start => {?MODULE, start_worker, [self(), Name]}, restart => Restart, shutdown => Shutdown}.

start_supervisor(Strategy, Intensity, Children) ->
    Flags = #{strategy => Strategy, intensity => Intensity, period => 5},
    supervisor:start_link(?MODULE, {supervisor, {ok, {Flags, Children}}}).

pid_of(Sup, Name) ->
    {Name, P, _, _} = lists:keyfind(Name, 1, supervisor:which_children(Sup)),
    P.

collect() ->
    receive M -> [M | collect()] after 100 -> [] end.

strategy(Strategy) ->
    process_flag(trap_exit, true),
    {ok, S} = start_supervisor(Strategy, 5, [child(N, permanent, 1000) || N <- [a, b, c]]),
    Start = collect(),
    exit(pid_of(S, b), kill),
    Restart = collect(),
    gen_server:cast(pid_of(S, a), {stop, normal}),
    Restart2 = collect(),
    Counts = lists:sort(supervisor:count_children(S)),
    exit(S, shutdown),
    {Start, Restart, Restart2, Counts, [strip(M) || M <- collect()]}.

strip({'EXIT', P, R}) when is_pid(P) -> {exit, R};
strip(M) -> M.

simple_one_for_one() ->
    process_flag(trap_exit, true),
    Spec = #{id => w, start => {?MODULE, start_worker, [self()]}, restart => transient},
    {ok, S} = start_supervisor(simple_one_for_one, 3, [Spec]),
    {ok, P1} = supervisor:start_child(S, [one]),
    {ok, P2} = supervisor:start_child(S, [two]),
    A = lists:sort(supervisor:count_children(S)),
    gen_server:call(P1, {stop, normal}),
    exit(P2, kill),
    receive after 20 -> ok end,
    B = [T || {undefined, _, T, _} <- supervisor:which_children(S)],
    [{undefined, P3, _, _}] = supervisor:which_children(S),
    C = supervisor:terminate_child(S, P3),
    D = supervisor:which_children(S),
    E = supervisor:delete_child(S, w),
    exit(S, shutdown),
    {A, B, C, D, E, [strip(M) || M <- collect()]}.

restart_types() ->
    process_flag(trap_exit, true),
    [begin
         {ok, S} = start_supervisor(one_for_one, 3, [child(w, Type, 1000)]),
         collect(),
         P = pid_of(S, w),
         case Why of kill -> exit(P, kill); _ -> gen_server:cast(P, {stop, Why}) end,
         collect(),
         R = case supervisor:which_children(S) of
                 [] -> removed;
                 [{w, undefined, _, _}] -> kept_stopped;
                 [{w, P2, _, _}] when P2 =/= P -> restarted
             end,
         exit(S, shutdown),
         collect(),
         {Type, Why, R}
     end || Type <- [permanent, transient, temporary], Why <- [normal, shutdown, {shutdown, x}, other, kill]].

intensity() ->
    process_flag(trap_exit, true),
    {ok, S} = start_supervisor(one_for_one, 2, [child(w, permanent, 1000), child(v, permanent, 1000)]),
    collect(),
    [begin exit(pid_of(S, w), kill), receive after 5 -> ok end end || _ <- [1, 2]],
    A = is_process_alive(S),
    exit(pid_of(S, w), kill),
    {A, [strip(M) || M <- collect()], is_process_alive(S)}.

shutdown_order() ->
    process_flag(trap_exit, true),
    {ok, S} = start_supervisor(one_for_one, 1, [child(N, permanent, 1000) || N <- [a, b, c, d]]),
    collect(),
    exit(S, shutdown),
    [strip(M) || M <- collect()].

start_failure() ->
    process_flag(trap_exit, true),
    Bad = #{id => bad, start => {gen_server, start_link, [?MODULE, fail, []]}},
    R = start_supervisor(one_for_one, 1, [child(a, permanent, 1000), Bad, child(c, permanent, 1000)]),
    E = case R of {error, {shutdown, {failed_to_start_child, Id, Why}}} -> {failed, Id, Why} end,
    {E, [strip(M) || M <- collect()]}.

supervisor_functions() ->
    process_flag(trap_exit, true),
    {ok, S} = start_supervisor(one_for_one, 1, [child(a, permanent, 1000)]),
    A = element(1, supervisor:start_child(S, child(b, temporary, 1000))),
    B = case supervisor:start_child(S, child(a, permanent, 1000)) of {error, {already_started, P}} -> is_pid(P) end,
    C = supervisor:terminate_child(S, a),
    D = supervisor:start_child(S, child(a, permanent, 1000)),
    E = element(1, supervisor:restart_child(S, a)),
    F = supervisor:restart_child(S, a),
    G = supervisor:delete_child(S, a),
    H = {supervisor:terminate_child(S, a), supervisor:delete_child(S, a), supervisor:delete_child(S, nope), supervisor:restart_child(S, nope)},
    {ok, _} = supervisor:start_child(S, child(a, transient, 1000)),
    {ok, Spec} = supervisor:get_childspec(S, a),
    I = maps:get(restart, Spec),
    J = supervisor:check_childspecs([#{id => x, start => {m, f, []}}]),
    K = supervisor:check_childspecs([#{id => x}]),
    exit(S, shutdown),
    collect(),
    {A, B, C, D, E, F =:= {error, running}, G, H, I, J, K}.

nested() ->
    process_flag(trap_exit, true),
    Inner = #{id => inner, type => supervisor,
              start => {supervisor, start_link, [?MODULE, {supervisor, {ok, {#{strategy => one_for_all, intensity => 1, period => 5},
                                                                              [child(N, permanent, 1000) || N <- [x, y]]}}}]}},
    {ok, S} = start_supervisor(one_for_one, 3, [child(a, permanent, 1000), Inner]),
    A = collect(),
    In = pid_of(S, inner),
    exit(pid_of(In, x), kill),
    B = collect(),
    exit(pid_of(In, x), kill),
    C = collect(),
    D = pid_of(S, inner) =/= In,
    exit(S, shutdown),
    {A, B, C, D, [strip(M) || M <- collect()]}.

brutal_kill() ->
    process_flag(trap_exit, true),
    {ok, S} = start_supervisor(one_for_one, 1, [child(a, permanent, brutal_kill), child(b, permanent, 1000)]),
    collect(),
    exit(S, shutdown),
    [strip(M) || M <- collect()].

gen_call_to_dead() ->
    {P, M} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', M, _, _, _} -> ok end,
    [case attempt(F) of {exit, {R, {gen_server, call, _}}} -> R; X -> X end
     || F <- [fun() -> gen_server:call(P, x) end, fun() -> gen_server:call(no_such_server, x) end,
              fun() -> gen_server:call({no_such_server, node()}, x) end]].

hibernating_server() ->
    {ok, P} = gen_server:start(?MODULE, s, []),
    A = gen_server:call(P, hibernate),
    receive after 5 -> ok end,
    B = element(2, process_info(P, current_function)),
    C = gen_server:call(P, get),
    gen_server:stop(P),
    {A, B, C}.
