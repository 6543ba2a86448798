%% Programs of several processes for the tests and figures of time travel.
-module(travel_programs).
-behaviour(gen_server).
-export([counters/0, family/0, idle/0, tables/0, start_child/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% Ten servers that are called in turn, a thousand times, with timeouts between.
counters() ->
    Servers = [element(2, gen_server:start_link(?MODULE, I, [])) || I <- lists:seq(1, 10)],
    count(Servers, 100),
    erlang:display([gen_server:call(Server, get) || Server <- Servers]).

count(_, 0) -> ok;
count(Servers, N) ->
    [gen_server:cast(Server, {add, rand(9)}) || Server <- Servers],
    receive after rand(3) -> ok end,
    [gen_server:call(Server, get) || Server <- Servers],
    count(Servers, N - 1).

rand(N) -> erlang:phash2(make_ref(), N) + 1.

%% A supervisor whose children end now and then.
family() ->
    process_flag(trap_exit, true),
    {ok, Boss} = supervisor:start_link(?MODULE, supervisor),
    Children = [element(2, supervisor:start_child(Boss, [I])) || I <- lists:seq(1, 5)],
    [begin Child ! {fall, I * 2} end || {I, Child} <- lists:zip(lists:seq(1, 5), Children)],
    receive after 50 -> ok end,
    Counts = supervisor:count_children(Boss),
    erlang:display(proplists:get_value(active, Counts)),
    exit(Boss, shutdown),
    receive {'EXIT', Boss, Why} -> erlang:display(Why) end.

start_child(N) -> gen_server:start_link(?MODULE, N, []).

%% A hundred servers that wait.
idle() ->
    Servers = [element(2, gen_server:start_link(?MODULE, I, [])) || I <- lists:seq(1, 100)],
    [gen_server:call(Server, {keep, lists:seq(1, 100)}) || Server <- Servers],
    receive {touch, From} -> From ! touched end,
    erlang:display(length([ok || Server <- Servers, is_integer(gen_server:call(Server, get))])).

%% Tables, a name, a timer and an alias, in use at every moment.
tables() ->
    register(keeper, self()),
    Table = ets:new(things, [named_table, ordered_set]),
    Alias = alias([reply]),
    spawn_link(fun() -> Alias ! {seen, self()}, receive stop -> ok end end),
    receive {seen, Child} -> Child ! stop end,
    tables(Table, 200).

tables(Table, 0) ->
    erlang:display({ets:info(Table, size), ets:first(Table), ets:last(Table)});
tables(Table, N) ->
    ets:insert(Table, {N rem 50, N, lists:seq(1, N rem 10)}),
    erlang:send_after(N rem 3, self(), {tick, N}),
    receive {tick, N} -> ok end,
    tables(Table, N - 1).

init(supervisor) ->
    Child = #{id => child, start => {?MODULE, start_child, []}, restart => transient},
    {ok, {#{strategy => simple_one_for_one, intensity => 10, period => 5},
          [Child]}};
init(N) ->
    {ok, N}.

handle_call(get, _, N) -> {reply, N, N};
handle_call({keep, List}, _, N) -> put(kept, List), {reply, ok, N}.

handle_cast({add, M}, N) -> {noreply, N + M}.

handle_info({fall, After}, N) ->
    receive after After -> ok end,
    case N rem 2 of
        0 -> exit(fallen);
        1 -> {stop, normal, N}
    end;
handle_info(_, N) ->
    {noreply, N}.
