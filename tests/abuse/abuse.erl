%% Programs that ask for more than a sandbox may have. Each ends with what it was told, if it lives to tell it.
-module(abuse).
-export([run/2, idle/0, fork/0, chain/1, worker/1]).

run(Name, Argument) ->
    exit({told, program(Name, Argument)}).

%% The class and reason with which something was refused.
refused(F) ->
    try F() of
        _ -> refused(F)
    catch
        Class:Reason -> {Class, Reason}
    end.

attempt(F) ->
    try {ok, F()} catch Class:Reason -> {Class, Reason} end.

idle() -> receive stop -> ok end.

program(endless_loop, _) -> loop();
program(count, 0) -> done;
program(count, N) -> program(count, N - 1);
program(list_bomb, _) -> list([]);
program(deep_recursion, N) -> deep(N);
program(binary_bomb, _) -> binary(<<0:8000000>>);
program(kept_binaries, _) -> binaries([]);
program(dictionary_bomb, N) -> put(N, lists:seq(1, 1000)), program(dictionary_bomb, N + 1);
program(huge_binary, Bytes) -> attempt(fun() -> byte_size(binary:copy(<<0>>, Bytes)) end);
program(huge_integer, Bits) -> attempt(fun() -> 1 bsl Bits end);
program(huge_list, N) -> length(lists:seq(1, N));
program(max_heap_size, _) ->
    process_flag(max_heap_size, #{size => 100000, kill => true, error_logger => false}),
    list([]);
program(fork_bomb, _) ->
    refused(fun() -> spawn(fun idle/0) end);
program(fork_tree, _) -> fork();
program(chain, N) -> chain(N);
program(self_flood, _) -> self() ! hello, program(self_flood, x);
program(flood, N) ->
    {Pid, Monitor} = spawn_monitor(fun idle/0),
    [Pid ! X || X <- lists:seq(1, N)],
    receive {'DOWN', Monitor, process, Pid, Reason} -> Reason end;
program(byte_flood, N) ->
    {Pid, Monitor} = spawn_monitor(fun idle/0),
    Message = binary:copy(<<"x">>, 10000),
    [Pid ! Message || _ <- lists:seq(1, N)],
    receive {'DOWN', Monitor, process, Pid, Reason} -> Reason end;
program(huge_message, Bytes) ->
    attempt(fun() -> self() ! binary:copy(<<0>>, Bytes) end);
%% Small in memory, for its parts are shared, and large when it is sent.
program(message_of_shared_parts, N) ->
    Term = lists:foldl(fun(_, T) -> {T, T} end, seed, lists:seq(1, N)),
    attempt(fun() -> self() ! Term end);
program(exit_reason_of_shared_parts, N) ->
    exit(lists:foldl(fun(_, T) -> {T, T} end, seed, lists:seq(1, N)));
program(spawn_argument_of_shared_parts, N) ->
    Term = lists:foldl(fun(_, T) -> {T, T} end, seed, lists:seq(1, N)),
    attempt(fun() -> spawn(?MODULE, worker, [Term]) end);
program(deep_message, N) ->
    Term = lists:foldl(fun(_, T) -> {T} end, seed, lists:seq(1, N)),
    attempt(fun() -> self() ! Term, receive X -> X =:= Term end end);
program(atom_flood, N) ->
    try atoms(N) catch Class:Reason -> {Class, Reason} end;
program(huge_atom, N) -> attempt(fun() -> list_to_atom(lists:duplicate(N, $a)) end);
program(timer_flood, _) -> refused(fun() -> erlang:send_after(1000000, self(), later) end);
program(table_flood, _) -> refused(fun() -> ets:new(table, []) end);
program(object_flood, _) ->
    Table = ets:new(table, [public]),
    refused(fun() -> ets:insert(Table, {make_ref(), lists:seq(1, 100)}) end);
program(object_of_shared_parts, N) ->
    Table = ets:new(table, [public]),
    Term = lists:foldl(fun(_, T) -> {T, T} end, seed, lists:seq(1, N)),
    attempt(fun() -> ets:insert(Table, {key, Term}) end);
program(persistent_flood, _) -> refused(fun() -> persistent_term:put(make_ref(), lists:seq(1, 100)) end);
program(monitor_flood, N) ->
    Pid = spawn(fun idle/0),
    attempt(fun() -> [erlang:monitor(process, Pid) || _ <- lists:seq(1, N)], erlang:yield(), monitors(Pid) end);
program(alias_flood, _) -> refused(fun() -> alias(), erlang:yield() end);
program(session_flood, _) -> refused(fun() -> erts_internal:trace_session_create(flood, self(), []) end);
program(pattern_flood, N) ->
    attempt(fun() -> [pattern(X) || X <- lists:seq(1, N)] end);
program(atomics_flood, _) -> refused(fun() -> put(make_ref(), atomics:new(100000, [])) end);
program(output_flood, N) -> [erlang:display_string("0123456789") || _ <- lists:seq(1, N)], done;
program(message_rate, N) -> [self() ! X || X <- lists:seq(1, N)], erlang:monotonic_time(second);
program(spawn_rate, N) ->
    [begin {P, M} = spawn_monitor(fun() -> ok end), receive {'DOWN', M, _, P, _} -> ok end end || _ <- lists:seq(1, N)],
    erlang:monotonic_time(second);
program(restart_storm, Millis) ->
    process_flag(trap_exit, true),
    erlang:send_after(Millis, self(), stop),
    restarts(0);
program(many_memories, N) ->
    process_flag(trap_exit, true),
    Pids = [spawn_link(fun() -> L = lists:seq(1, 200000), receive stop -> L end end) || _ <- lists:seq(1, N)],
    length(Pids),
    receive {'EXIT', _, Reason} -> Reason end;
program(sleepers, N) ->
    Pids = [spawn(fun idle/0) || _ <- lists:seq(1, N)],
    length(Pids);
program(code_flood, {Module, Code}) ->
    refused(fun() -> {module, Module} = erlang:load_module(Module, Code), erlang:purge_module(Module) end);
program(bombs, _) -> [{Name, bomb(Bytes)} || {Name, Bytes} <- bombs()];
program(pattern_bomb, N) ->
    attempt(fun() -> re:run(lists:duplicate(N, $a) ++ "b", "^(a|aa|a+)+$") end);
program(match_spec_bomb, N) ->
    Table = ets:new(table, []),
    ets:insert(Table, [{X, X} || X <- lists:seq(1, N)]),
    Guard = lists:foldl(fun(_, G) -> {'and', G, G} end, {'>', '$1', 0}, lists:seq(1, 12)),
    attempt(fun() -> ets:select_count(Table, [{{'$1', '_'}, [Guard], [true]}]) end);
%% Two terms that are equal, with 2^N parts that are shared: the turn in which they are compared has no end.
program(compare_shared, N) ->
    ended(fun() ->
        [A, B] = [lists:foldl(fun(_, T) -> {T, T} end, S, lists:seq(1, N)) || S <- [seed, seed]],
        fun() -> A =:= B end
    end);
program(forged_loop, _) -> ended(fun() -> fun endless:run/0 end);
program(file_flood, N) ->
    attempt(fun() -> [ok = prim_file:write_file("f" ++ integer_to_list(X), binary:copy(<<0>>, 100000)) || X <- lists:seq(1, N)] end).

%% How a process ends that does something of which it is told when it begins.
ended(Prepare) ->
    Parent = self(),
    {Pid, Monitor} = spawn_monitor(fun() ->
        Act = Prepare(),
        Parent ! begins,
        Parent ! {did, Act()}
    end),
    begins = receive Begins -> Begins end,
    receive {'DOWN', Monitor, process, Pid, Reason} -> Reason end.

loop() -> loop().

list(L) -> list([x | L]).

deep(-1) -> 0;
deep(N) -> 1 + deep(N + 1).

binary(B) -> binary(<<B/binary, B/binary>>).

binaries(L) -> binaries([binary:copy(<<0>>, 100000) | L]).

fork() -> spawn(?MODULE, fork, []), fork().

%% Each makes the next one and stays.
chain(0) -> idle();
chain(N) -> spawn(?MODULE, chain, [N - 1]), idle().

worker(X) -> X.

atoms(N) -> list_to_atom("an_atom_of_the_flood_" ++ integer_to_list(N)), atoms(N + 1).

pattern(N) ->
    Module = list_to_atom("traced_" ++ integer_to_list(N)),
    erts_internal:trace_pattern({Module, '_', '_'}, [{'_', [], [{return_trace}]}], [local]).

monitors(Pid) -> erlang:monitor(process, Pid), erlang:yield(), monitors(Pid).

%% A supervisor without a limit of its own.
restarts(N) ->
    spawn_link(fun() -> exit(crash) end),
    receive
        {'EXIT', _, crash} -> restarts(N + 1);
        stop -> N
    end.

bomb(Bytes) ->
    try binary_to_term(Bytes) of
        _ -> decoded
    catch
        Class:Reason -> {Class, Reason}
    end.

%% Encoded terms that are small and claim to be large, or are.
bombs() ->
    Zeros = binary:copy(<<97, 0>>, 300000),
    Nested = <<131, (binary:copy(<<104, 1>>, 100000))/binary, 106>>,
    Lists = <<131, (binary:copy(<<108, 0, 0, 0, 1>>, 100000))/binary, 106, (binary:copy(<<106>>, 100000))/binary>>,
    [{tuple, <<131, 105, 16#ffffffff:32>>},
     {list, <<131, 108, 16#ffffffff:32>>},
     {map, <<131, 116, 16#ffffffff:32>>},
     {binary, <<131, 109, 16#ffffffff:32, 1>>},
     {big, <<131, 111, 16#ffffffff:32, 0, 1>>},
     {atom, <<131, 118, 16#ffff:16, 1>>},
     {nested, Nested},
     {nested_lists, Lists},
     {claims, <<131, 80, 16#7fffffff:32, (zlib:compress(<<97, 1>>))/binary>>},
     {compressed, <<131, 80, (byte_size(Zeros) + 5):32, (zlib:compress(<<108, 300000:32, Zeros/binary>>))/binary>>},
     {garbage, binary:copy(<<131>>, 1000)},
     {'fun', <<131, 112, 16#ffffffff:32, 1>>},
     {reference, <<131, 90, 16#ffff:16, 119, 1, $a>>}].
