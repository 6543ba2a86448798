%% Loads new code into a sandbox that runs. The reason with which the process ends that does it says what came of it:
%% `{loaded, Modules, Upgraded}`.
-module(orrery_code).
-export([load/2]).

%% Milliseconds that a process may take to be suspended, and to change its state.
-define(TIMEOUT, 5000).

%% Replaces modules, {Name, Binary}, and puts their files where the code server looks for them. Processes whose behaviour is one of
%% them are suspended meanwhile and told to change their state, as an upgrade of a release does.
load(Modules, Folder) ->
    Changed = [{Module, version(Module)} || {Module, _} <- Modules, erlang:module_loaded(Module)],
    Suspended = [suspend(Pid, Module, Changed) || {Pid, Module} <- behaving(Changed)],
    Loaded = [load(Module, Binary, Folder, Changed) || {Module, Binary} <- Modules],
    Upgraded = [upgrade(Process) || Process <- Suspended],
    Users = fun(Module) -> [Pid || Pid <- processes(), Pid =/= self(), erlang:check_process_code(Pid, Module) =:= true] end,
    exit({loaded, [{Module, Result, Ended, Users(Module)} || {Module, Result, Ended} <- Loaded], Upgraded}).

%% Those that run in the code before the old one end, as whenever code is loaded.
load(Module, Binary, Folder, Changed) ->
    File = filename:join(binary_to_list(Folder), atom_to_list(Module) ++ ".beam"),
    ok = filelib:ensure_dir(File),
    ok = file:write_file(File, Binary),
    case lists:keymember(Module, 1, Changed) of
        false ->
            {Module, ok, []};
        true ->
            Ended = [Pid || Pid <- processes(), erlang:check_process_code(Pid, Module) =:= true],
            code:purge(Module),
            Result = case code:load_binary(Module, File, Binary) of
                {module, Module} -> ok;
                {error, Reason} -> Reason
            end,
            {Module, Result, Ended}
    end.

version(Module) ->
    case proplists:get_value(vsn, Module:module_info(attributes)) of
        [Version] -> Version;
        Version -> Version
    end.

%% Processes that a behaviour of OTP runs with one of these modules, and which: the supervisor or server was started with it.
behaving(Changed) ->
    lists:flatmap(fun(Pid) ->
        Module = case catch proc_lib:translate_initial_call(Pid) of
            {supervisor, Callback, 1} -> Callback;
            {Callback, init, 1} -> Callback;
            _ -> undefined
        end,
        case lists:keymember(Module, 1, Changed) of
            true -> [{Pid, Module}];
            false -> []
        end
    end, processes() -- [self()]).

suspend(Pid, Module, Changed) ->
    {Module, Version} = lists:keyfind(Module, 1, Changed),
    Result = try sys:suspend(Pid, ?TIMEOUT) catch exit:Reason -> {error, Reason} end,
    {Pid, Module, Version, Result}.

upgrade({Pid, Module, Version, ok}) ->
    Result = try sys:change_code(Pid, Module, Version, [], ?TIMEOUT) catch exit:Reason -> {error, Reason} end,
    _ = try sys:resume(Pid, ?TIMEOUT) catch exit:_ -> ok end,
    {Pid, Module, Result};
upgrade({Pid, Module, _, Error}) ->
    {Pid, Module, Error}.
