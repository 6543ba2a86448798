%% Runs the cases of modules, each in a process of its own, and writes what came of it: on both sides with functions that need
%% nothing but the runtime system.
-module(machine_runner).
-export([main/1, run/1]).

main(Modules) ->
    ensure_init(),
    [run(list_to_atom(Module)) || Module <- Modules],
    halt(0).

%% The library asks process init for the arguments of the command line, reports go to the logger, and settings are those of
%% applications. A machine that was not booted has none of them: what a boot script would start is started here.
ensure_init() ->
    case whereis(init) of
        undefined ->
            register(init, spawn(fun arguments/0)),
            {ok, _} = logger_server:start_link(),
            {ok, _} = application_controller:start({application, kernel, []}),
            ok = logger:set_primary_config(level, none),
            {ok, _} = file_server:start_link();
        _ ->
            ok
    end.

arguments() ->
    receive
        {From, get_arguments} -> From ! {init, []};
        {From, get_status} -> From ! {init, {started, started}};
        {From, {get_argument, _}} -> From ! {init, error};
        {From, script_id} -> From ! {init, []};
        _ -> ok
    end,
    arguments().

run(Module) ->
    [show(Module, Case) || Case <- Module:cases()].

show(Module, {Name, Fun}) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({value, Fun()}) end),
    Result = receive
                 {'DOWN', Monitor, process, Pid, Reason} -> Reason
             after 60000 ->
                 exit(Pid, kill),
                 timeout
             end,
    Text = io_lib:format("~w:~w ~0p~n", [Module, Name, without_stack(Result)]),
    erlang:display_string(lists:flatten(Text)).

without_stack({value, Value}) -> Value;
without_stack({Reason, [{_, _, _, _} | _]}) -> {crashed, Reason};
without_stack(Reason) -> {exited, Reason}.
