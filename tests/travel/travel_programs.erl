%% Programs of several processes for the tests and figures of time travel.
-module(travel_programs).
-behaviour(gen_server).
-export([choosy/0, counters/0, counters_long/0, family/0, idle/0, lost_update/0, ring/0, tables/0, start_child/1]).
-export([init/1, handle_call/3, handle_cast/2, handle_info/2]).

%% Takes its messages in another order than that in which they came.
choosy() ->
    [self() ! M || M <- [a, b, c]],
    [receive M -> erlang:display(M) end || M <- [c, a, b]].

%% Ten servers that are called in turn, a thousand times, with timeouts between.
counters() -> counters(100).

%% The same, long enough to be measured.
counters_long() -> counters(1000).

counters(Rounds) ->
    Servers = [element(2, gen_server:start_link(?MODULE, I, [])) || I <- lists:seq(1, 10)],
    count(Servers, Rounds),
    erlang:display(list_to_tuple([gen_server:call(Server, get) || Server <- Servers])).

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

%% Ten processes that pass a growing number on for ever.
ring() ->
    First = self(),
    Next = lists:foldl(fun(_, To) -> spawn_link(fun() -> pass(To) end) end, First, lists:seq(1, 9)),
    Next ! {round, 1, []},
    pass(Next).

pass(To) ->
    receive {round, N, Kept} -> To ! {round, N + 1, lists:sublist([N | Kept], 20)} end,
    pass(To).

%% Two processes that read a counter and then write it: one of the two updates is lost when they meet.
lost_update() ->
    Counter = spawn(fun() -> counter(0) end),
    Boss = self(),
    Adders = [spawn(fun() -> add(Counter), Boss ! {done, self()} end) || _ <- [1, 2]],
    [receive {done, Adder} -> ok end || Adder <- Adders],
    Counter ! {get, self()},
    receive {value, N} -> erlang:display(N) end.

counter(N) ->
    receive
        {get, From} -> From ! {value, N}, counter(N);
        {put, M} -> counter(M)
    end.

add(Counter) ->
    Counter ! {get, self()},
    receive {value, N} -> Counter ! {put, N + 1} end.

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
