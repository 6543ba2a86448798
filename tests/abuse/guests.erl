%% Processes that are no BEAM, as programs of the BEAM see them.
-module(guests).
-export([echo/0, counter/0, supervised/0, fate/1, fate/2, init/1, start_counter/1, init_args/0]).
-behaviour(supervisor).

echo() ->
    Echo = spawn(echo, start, []),
    Messages = [{self(), X} || X <- [1, atom, "text", #{a => [b]}, {nested, {tuple, self()}}, binary:copy(<<1>>, 100000)]],
    [Echo ! M || M <- Messages],
    Echo ! not_for_it,
    Echo ! {self(), last},
    Answers = receive_all([]),
    exit({told, {Answers =:= Messages ++ [{self(), last}], is_process_alive(Echo), exit(Echo, stop)}}).

receive_all(Seen) ->
    receive
        {_, last} = M -> lists:reverse([M | Seen]);
        M -> receive_all([M | Seen])
    end.

counter() ->
    process_flag(trap_exit, true),
    Counter = spawn_link(counter, start, [40]),
    true = register(the_counter, Counter),
    Calls = [gen_server:call(the_counter, R) || R <- [get, {add, 2}, {add, -50}, {add, 100000}]],
    ok = gen_server:cast(Counter, {add, 1}),
    Last = gen_server:call(Counter, stop),
    Reason = receive {'EXIT', Counter, R1} -> R1 end,
    Late = try gen_server:call(Counter, get) catch exit:{R2, _} -> R2 end,
    {Killed, M} = spawn_monitor(counter, start, [0]),
    exit(Killed, kill),
    Down = receive {'DOWN', M, process, Killed, R3} -> R3 end,
    exit({told, {Calls, Last, Reason, Late, Down, whereis(the_counter)}}).

%% A supervisor restarts it when it crashes.
supervised() ->
    boot(),
    {ok, Supervisor} = supervisor:start_link(?MODULE, []),
    First = whereis(supervised_counter),
    7 = gen_server:call(First, {add, 6}),
    catch gen_server:call(First, crash),
    Second = restarted(First),
    One = gen_server:call(Second, get),
    [{counter, Second, worker, _}] = supervisor:which_children(Supervisor),
    M = monitor(process, Second),
    ok = supervisor:terminate_child(Supervisor, counter),
    Reason = receive {'DOWN', M, process, Second, R} -> R end,
    exit({told, {One, Reason, First =/= Second}}).

restarted(First) ->
    case whereis(supervised_counter) of
        Pid when is_pid(Pid), Pid =/= First -> Pid;
        _ -> receive after 1 -> restarted(First) end
    end.

init([]) ->
    {ok, {#{intensity => 3}, [#{id => counter, start => {?MODULE, start_counter, [1]}}]}}.

start_counter(First) ->
    Pid = spawn_link(counter, start, [First]),
    register(supervised_counter, Pid),
    {ok, Pid}.

%% What becomes of a process of this module, which is sent some messages.
fate(Module) ->
    fate(Module, 3).

fate(Module, N) ->
    {Pid, M} = spawn_monitor(Module, start, [self()]),
    [Pid ! {self(), X, "some text"} || X <- lists:seq(1, N)],
    receive {'DOWN', M, process, Pid, Reason} -> exit({told, Reason}) after 1000 -> exit({told, lives}) end.

%% What reports go to, which a machine that was not booted does not have.
boot() ->
    register(init, spawn(?MODULE, init_args, [])),
    {ok, _} = logger_server:start_link(),
    {ok, _} = application_controller:start({application, kernel, []}),
    ok = logger:set_primary_config(level, none).

init_args() ->
    receive
        {From, get_arguments} -> From ! {init, []};
        {From, get_status} -> From ! {init, {started, started}};
        {From, {get_argument, _}} -> From ! {init, error};
        {From, script_id} -> From ! {init, []};
        _ -> ok
    end,
    init_args().
