%% Programs that show what processes, messages and tables cost. The same ones run in a sandbox and in real Erlang.
-module(machine_programs).
-behaviour(gen_server).
-export([spawned/1, ended/1, round_trips/1, calls/1, fan_in/1, inserts/1, lookups/1, counts/1,
         persistent_reads/1, servers/1]).
-export([forever/0, nothing/0]).
-export([server_bytes/0, time/2]).
-export([init/1, handle_call/3, handle_cast/2]).

-define(KEYS, 1000).
-define(SENDERS, 100).

%% Microseconds that a program takes in real Erlang, in a fresh process each time: the best of five.
time(Function, N) ->
    lists:min([element(1, timer:tc(fun() ->
        {Pid, Monitor} = spawn_monitor(?MODULE, Function, [N]),
        receive {'DOWN', Monitor, process, Pid, _} -> ok end
    end)) || _ <- [1, 2, 3, 4, 5]]).

%% Processes that begin and then wait for ever.
spawned(0) -> ok;
spawned(N) ->
    spawn_link(fun() -> receive stop -> ok end end),
    spawned(N - 1).

forever() -> receive stop -> ok end.

nothing() -> ok.

%% Processes that begin and end, one after another.
ended(0) -> ok;
ended(N) ->
    {Pid, Monitor} = spawn_monitor(fun() -> ok end),
    receive {'DOWN', Monitor, process, Pid, _} -> ended(N - 1) end.

round_trips(N) ->
    Parent = self(),
    Echo = spawn_link(fun() -> echo(Parent) end),
    round_trips(Echo, N).

round_trips(_, 0) -> ok;
round_trips(Echo, N) ->
    Echo ! {self(), N},
    receive {Echo, N} -> round_trips(Echo, N - 1) end.

echo(Parent) ->
    receive {Parent, N} -> Parent ! {self(), N}, echo(Parent) end.

calls(N) ->
    {ok, Server} = gen_server:start_link(?MODULE, 0, []),
    calls(Server, N).

calls(_, 0) -> ok;
calls(Server, N) -> gen_server:call(Server, add), calls(Server, N - 1).

%% N messages from a hundred senders to one receiver.
fan_in(N) ->
    Parent = self(),
    [spawn_link(fun() -> tell(Parent, N div ?SENDERS) end) || _ <- lists:seq(1, ?SENDERS)],
    hear(N div ?SENDERS * ?SENDERS).

tell(_, 0) -> ok;
tell(To, N) -> To ! {self(), N, some, words}, tell(To, N - 1).

hear(0) -> ok;
hear(N) -> receive {_, _, some, words} -> hear(N - 1) end.

inserts(N) -> inserts(ets:new(table, [public]), N).

inserts(_, 0) -> ok;
inserts(Table, N) -> ets:insert(Table, {N rem ?KEYS, N, value}), inserts(Table, N - 1).

lookups(N) ->
    Table = ets:new(table, [public]),
    inserts(Table, ?KEYS),
    lookups(Table, N).

lookups(_, 0) -> ok;
lookups(Table, N) -> [_] = ets:lookup(Table, N rem ?KEYS), lookups(Table, N - 1).

counts(N) ->
    Table = ets:new(table, [public]),
    [ets:insert(Table, {Key, 0}) || Key <- lists:seq(0, ?KEYS - 1)],
    counts(Table, N).

counts(_, 0) -> ok;
counts(Table, N) -> ets:update_counter(Table, N rem ?KEYS, 1), counts(Table, N - 1).

%% Reads of one large term.
persistent_reads(N) ->
    persistent_term:put(?MODULE, maps:from_list([{Key, {Key, value}} || Key <- lists:seq(1, ?KEYS)])),
    reads(N).

reads(0) -> ok;
reads(N) -> ?KEYS = map_size(persistent_term:get(?MODULE)), reads(N - 1).

%% Servers that have answered once and wait.
servers(0) -> receive stop -> ok end;
servers(N) ->
    {ok, Server} = gen_server:start_link(?MODULE, 0, []),
    gen_server:call(Server, add),
    servers(N - 1).

%% Bytes of one such server in real Erlang.
server_bytes() ->
    {ok, Server} = gen_server:start_link(?MODULE, 0, []),
    gen_server:call(Server, add),
    {memory, Bytes} = process_info(Server, memory),
    Bytes.

init(N) -> {ok, N}.
handle_call(add, _, N) -> {reply, N, N + 1}.
handle_cast(_, N) -> {noreply, N}.
