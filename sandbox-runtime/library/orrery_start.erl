%% Starts Elixir as its command line does, but waits to be told what to run: a sandbox that waits here can be forked as often as
%% one likes, and each fork runs something else.
-module(orrery_start).
-export([wait/0]).

wait() ->
    %% Names of hosts are asked of a program otherwise, and its absence stops the whole system.
    ok = inet_db:set_lookup([file]),
    {ok, _} = application:ensure_all_started(elixir),
    true = register(?MODULE, self()),
    receive
        {start, Arguments, IsAnsi} -> start(Arguments, IsAnsi)
    end.

%% As elixir:start_cli/0 goes on. The logger looks whether the console understands colours when it starts.
start(Arguments, IsAnsi) ->
    true = unregister(?MODULE),
    ok = application:set_env(elixir, ansi_enabled, IsAnsi),
    _ = case code:ensure_loaded('Elixir.Logger') of
        {module, _} -> application:start(logger);
        {error, _} -> ok
    end,
    'Elixir.Kernel.CLI':main(Arguments).
