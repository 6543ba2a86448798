%% Tracing: what tracers are told of processes and of the calls that they make.
-module(trace_cases).
-export([cases/0, same/1, twice/1, fails/1, both/2, deep/1, counted/1, loop/1, body/1]).

cases() ->
    [{trace_messages, fun trace_messages/0},
     {trace_processes, fun trace_processes/0},
     {trace_running, fun trace_running/0},
     {trace_inherited, fun trace_inherited/0},
     {trace_settings, fun trace_settings/0},
     {trace_sessions, fun trace_sessions/0},
     {trace_calls, fun trace_calls/0},
     {trace_call_patterns, fun trace_call_patterns/0},
     {trace_call_specifications, fun trace_call_specifications/0},
     {trace_call_errors, fun trace_call_errors/0},
     {trace_call_counts, fun trace_call_counts/0},
     {trace_stacks, fun trace_stacks/0},
     {trace_counting, fun trace_counting/0},
     {trace_counting_time, fun trace_counting_time/0},
     {trace_counting_errors, fun trace_counting_errors/0},
     {trace_specification_tests, fun trace_specification_tests/0},
     {trace_message_patterns, fun trace_message_patterns/0}].

attempt(F) ->
    try {ok, F()} catch Class:Reason -> {Class, Reason} end.

%% What a process with these flags does, as its tracer is told. Pids have names.
told(Flags, F) ->
    Self = self(),
    Tracee = spawn(fun() -> receive go -> F(Self) end end),
    1 = erlang:trace(Tracee, true, Flags),
    Monitor = monitor(process, Tracee),
    Tracee ! go,
    receive {'DOWN', Monitor, process, Tracee, Why} -> {told(Tracee), named(Why, Tracee)} end.

told(Tracee) ->
    Delivered = erlang:trace_delivered(Tracee),
    receive {trace_delivered, Tracee, Delivered} -> ok end,
    traces(Tracee).

traces(Tracee) ->
    receive
        Told when element(1, Told) =:= trace; element(1, Told) =:= trace_ts -> [named(Told, Tracee) | traces(Tracee)]
    after 0 -> []
    end.

named(Pid, Pid) -> tracee;
named(Pid, _) when Pid =:= self() -> tracer;
named(Pid, _) when is_pid(Pid) -> other;
named(Fun, _) when is_function(Fun) -> function;
named(Tuple, Tracee) when is_tuple(Tuple) -> list_to_tuple(named(tuple_to_list(Tuple), Tracee));
named([Head | Tail], Tracee) -> [named(Head, Tracee) | named(Tail, Tracee)];
named(Term, _) -> Term.

trace_messages() ->
    [told([send], fun(T) -> T ! {hello, "there"}, erlang:send(T, bye), catch (nobody ! x), self() ! me end),
     told(['receive'], fun(_) -> self() ! a, self() ! b, receive b -> ok end end),
     told([send, 'receive'], fun(T) -> T ! one, self() ! two, receive two -> ok end end),
     told([send], fun(_) -> P = spawn(fun() -> ok end), M = monitor(process, P), receive {'DOWN', M, _, _, _} -> P ! late end end),
     told([procs], fun(_) -> self() ! ignored end)].

trace_processes() ->
    [told([procs], fun(_) -> register(traced, self()), unregister(traced), exit(why) end),
     told([procs], fun(_) -> process_flag(trap_exit, true), P = spawn_link(fun() -> ok end), receive {'EXIT', P, _} -> ok end end),
     told([procs], fun(_) -> P = spawn(fun() -> receive x -> ok end end), link(P), unlink(P), link(P), exit(P, kill), receive y -> ok end end),
     told([procs], fun(T) -> link(T), unlink(T) end),
     [is_list(element(1, told([F], fun(_) -> erlang:garbage_collect() end))) || F <- [garbage_collection, running, exiting]],
     told([procs, send, arity, silent], fun(T) -> T ! x end)].

%% Who ends is not told to go out, and gone only where that was asked for.
trace_running() ->
    [[element(3, M) || M <- element(1, told(Flags, fun(_) -> receive never -> ok after 5 -> ok end end))]
     || Flags <- [[running], [running_procs], [exiting], [running, exiting]]].

trace_inherited() ->
    Child = fun(T) -> fun() -> T ! child end end,
    Wait = fun(F) -> {P, M} = spawn_monitor(F), receive {'DOWN', M, process, P, _} -> ok end end,
    [lists:sort(element(1, told([send | On], fun(T) -> Wait(Child(T)), Wait(Child(T)), T ! parent end)))
     || On <- [[], [set_on_spawn], [set_on_first_spawn]]].

trace_settings() ->
    P = spawn(fun() -> receive stop -> ok end end),
    Dead = spawn(fun() -> ok end),
    M = monitor(process, Dead),
    receive {'DOWN', M, _, _, _} -> ok end,
    Info = fun(W) -> {flags, Flags} = erlang:trace_info(W, flags), {lists:sort(Flags), named(erlang:trace_info(W, tracer), P)} end,
    R = [Info(P), erlang:trace(P, true, [send, procs, set_on_link]), Info(P), erlang:trace(P, false, [procs]), Info(P),
         attempt(fun() -> erlang:trace(self(), true, [send]) end), attempt(fun() -> erlang:trace(Dead, true, [send]) end),
         attempt(fun() -> erlang:trace(P, true, [foo]) end), attempt(fun() -> erlang:trace(P, maybe_so, [send]) end),
         attempt(fun() -> erlang:trace(P, true, [send | x]) end), attempt(fun() -> erlang:trace(P, true, [{tracer, foo}]) end),
         attempt(fun() -> erlang:trace_info(P, foo) end), erlang:trace_info(Dead, flags),
         erlang:trace(new, true, [procs]), Info(new), erlang:trace(new, false, [all]), Info(new),
         erlang:trace(P, false, [all]), Info(P), erlang:trace(P, true, [send, timestamp])],
    P ! stop,
    R.

trace_sessions() ->
    case code:ensure_loaded(trace) of
        {module, trace} ->
            P = spawn(fun() -> receive T -> T ! sent end end),
            S = trace:session_create(mine, self(), []),
            {_, {mine, _}} = S,
            1 = trace:process(S, P, true, [send]),
            1 = erlang:trace(P, true, ['receive']),
            Info = [lists:sort([N || {N, _} <- trace:session_info(P)]), trace:info(S, P, flags), erlang:trace_info(P, flags)],
            Monitor = monitor(process, P),
            P ! self(),
            receive {'DOWN', Monitor, process, P, _} -> ok end,
            receive sent -> ok end,
            {Info, told(P), trace:session_destroy(S), trace:session_destroy(S),
             attempt(fun() -> trace:process(S, self(), true, [send]) end), attempt(fun() -> trace:session_create(1, self(), []) end),
             attempt(fun() -> trace:session_destroy(foo) end)};
        _ -> none
    end.

same(X) -> X.

twice(X) -> Y = same(X), {same(Y), X}.

fails(X) -> error({failed, same(X)}).

both(X, F) -> Y = F(X), [Y | X].

%% What is told of the calls that a process makes, and how many functions the patterns name.
calls(Flags, Patterns, F) ->
    Counts = [erlang:trace_pattern(Mfa, Spec, How) || {Mfa, Spec, How} <- Patterns],
    Told = told([call | Flags], F),
    [erlang:trace_pattern(Mfa, false, How) || {Mfa, _, How} <- Patterns],
    {Counts, Told}.

work(_) ->
    ?MODULE:same(first),
    same(second),
    ?MODULE:twice(third),
    Mod = ?MODULE,
    Mod:same(fourth),
    apply(?MODULE, same, [fifth]),
    (fun ?MODULE:same/1)(sixth),
    lists:map(fun ?MODULE:same/1, [seventh]),
    catch ?MODULE:fails(eighth),
    length(lists:seq(1, 10)).

trace_calls() ->
    Same = {?MODULE, same, 1},
    All = {?MODULE, '_', '_'},
    [calls([], [{Same, true, []}], fun work/1), calls([], [{Same, true, [local]}], fun work/1), calls([arity], [{Same, [], [global]}], fun work/1),
     calls([], [{{?MODULE, twice, 1}, true, [local]}, {Same, true, [local]}], fun work/1),
     calls([return_to], [{{?MODULE, twice, 1}, true, [local]}, {Same, true, [local]}], fun(T) -> work(T), ok end),
     calls([], [{{?MODULE, same, '_'}, true, []}, {{lists, seq, 2}, true, []}], fun work/1),
     calls([], [{{erlang, integer_to_list, 1}, true, []}, {{lists, reverse, 2}, true, [local]}],
           fun(_) -> lists:reverse([erlang:integer_to_list(I) || I <- [1, 2, 3]]) end),
     element(2, calls([], [{All, true, [local]}, {Same, false, [local]}, {{?MODULE, '-cases/0-fun-0-', '_'}, false, [local]}],
                      fun(_) -> ?MODULE:both(a, fun ?MODULE:same/1), twice(x) end)),
     calls([silent], [{Same, true, []}], fun work/1)].

trace_call_patterns() ->
    Same = {?MODULE, same, 1},
    Info = fun() -> [erlang:trace_info(Same, I) || I <- [traced, match_spec, meta, call_count, all]] end,
    [Info(), erlang:trace_pattern(Same, true, []), Info(), erlang:trace_pattern(Same, [{'_', [], [{message, x}]}], [local]), Info(),
     erlang:trace_pattern({?MODULE, same, '_'}, false, [local]), Info(), erlang:trace_pattern({?MODULE, nope, 7}, true, []),
     erlang:trace_pattern({no_such_module, f, 1}, true, []), erlang:trace_pattern({no_such_module, '_', '_'}, true, [local])].

trace_call_specifications() ->
    Same = {?MODULE, same, 1},
    Call = fun(Spec, F) -> calls([], [{{?MODULE, same, 1}, Spec, [local]}, {{?MODULE, twice, 1}, Spec, [local]}, {{?MODULE, fails, 1}, Spec, [local]}], F) end,
    [Call([{[first], [], [{message, {{one, {self}}}}]}, {['$1'], [{'=:=', '$1', third}], [{message, '$1'}]}, {'_', [], [{message, false}]}],
          fun work/1),
     Call([{[second], [], []}], fun work/1), Call([{'_', [], [{return_trace}]}], fun work/1), Call([{'_', [], [{exception_trace}]}], fun work/1),
     Call([{'_', [], [{message, {caller}}]}], fun(_) -> twice(x), ok end), Call([{['$1'], [{is_integer, '$1'}], ['$1']}], fun(_) -> twice(1), twice(a) end),
     Call([{[second], [], [{silent, true}]}, {[third], [], [{silent, false}]}, {'_', [], []}], fun work/1),
     Call([{'_', [], [{message, {{'$_', '$$'}}}]}], fun(_) -> same(x), ok end),
     Call([{'_', [], [{exception_trace}]}], fun(_) -> try ?MODULE:fails(x) catch error:_ -> same(caught) end, ?MODULE:both(a, fun ?MODULE:fails/1) end),
     [erlang:match_spec_test(A, S, trace)
      || {A, S} <- [{[a], [{['$1'], [], [{message, '$1'}]}]}, {[a], [{[b], [], []}]}, {[a], [{'_', [], [{return_trace}]}]},
                    {[a], [{'_', [], [{message, false}, {exception_trace}]}]}, {[], [{[], [], []}]}]],
     erlang:trace_info(Same, traced)].

trace_call_errors() ->
    [attempt(F) || F <- [fun() -> erlang:trace_pattern(foo, true, []) end, fun() -> erlang:trace_pattern({lists, '_', 1}, true, []) end,
                         fun() -> erlang:trace_pattern({'_', map, 2}, true, []) end, fun() -> erlang:trace_pattern({lists, map, 2}, foo, []) end,
                         fun() -> erlang:trace_pattern({lists, map, 2}, true, [foo]) end, fun() -> erlang:trace_pattern({lists, map, 2}, [foo], []) end,
                         fun() -> erlang:trace_pattern({lists, map, x}, true, []) end, fun() -> erlang:trace_pattern({lists, map, 2}, true, foo) end,
                         fun() -> erlang:trace_info({lists, map, 2}, foo) end, fun() -> erlang:match_spec_test(foo, [{'_', [], []}], trace) end]].

%% How many functions patterns name.
trace_call_counts() ->
    [begin
         Count = erlang:trace_pattern(What, true, [Flag]),
         erlang:trace_pattern(What, false, [Flag]),
         {What, Flag, Count}
     end || What <- [{erlang, exit, 2}, {erlang, '==', 2}, {erlang, process_info, 2}, {lists, reverse, 2}, {lists, nothing, 7}, {?MODULE, same, 1}],
            Flag <- [global, local]].

%% Stacks are those of calls that nobody traces.
trace_stacks() ->
    Stack = fun() -> try deep(5) catch error:deep:S -> [A || {?MODULE, deep, A, _} <- S] end end,
    Untraced = Stack(),
    erlang:trace_pattern({?MODULE, deep, 1}, [{'_', [], [{exception_trace}]}], [local]),
    {Told, normal} = told([call], fun(T) -> T ! {stack, Stack()} end),
    erlang:trace_pattern({?MODULE, deep, 1}, false, [local]),
    {length(Untraced), length(Told), receive {stack, Traced} -> Traced =:= Untraced end}.

deep(0) -> error(deep);
deep(N) -> deep(N - 1), N.

counted(0) -> ok;
counted(N) -> same(N), counted(N - 1).

loop(0) -> done;
loop(N) -> loop(N - 1).

body(0) -> 0;
body(N) -> 1 + body(N - 1).

%% What is counted of a function, the times and words of each process without their amounts.
counts(Function) -> [counts_of(erlang:trace_info(Function, Item)) || Item <- [traced, meta, call_count, call_time, call_memory, all]].

counts_of({all, Items}) when is_list(Items) -> {all, [counts_of(Item) || Item <- Items]};
counts_of({call_time, All}) when is_list(All) -> {call_time, lists:sort([{Calls, S >= 0, Us >= 0} || {_, Calls, S, Us} <- All])};
counts_of({call_memory, All}) when is_list(All) -> {call_memory, lists:sort([{Calls, Words >= 0} || {_, Calls, Words} <- All])};
counts_of(Other) -> Other.

trace_counting() ->
    Counted = {?MODULE, counted, 1},
    Count = fun(What, Order) -> Named = erlang:trace_pattern(What, Order, [call_count]), counted(3), {Named, counts(Counted)} end,
    All = {?MODULE, '_', '_'},
    One = [Count(Counted, Order) || Order <- [true, pause, restart, true, false, pause, restart]],
    {1, Same} = {erlang:trace_pattern({?MODULE, same, 1}, true, [call_count]), counts({?MODULE, same, 1})},
    Self = self(),
    spawn(fun() -> counted(4), Self ! done end),
    receive done -> ok end,
    Other = counts({?MODULE, same, 1}),
    Many = [element(2, Count(All, Order)) || Order <- [true, pause, restart]],
    loop(10), body(5), ?MODULE:same(x),
    Each = [erlang:trace_info({?MODULE, F, 1}, call_count) || F <- [loop, body, same, counted]],
    Part = [Count(Counted, pause), Count(Counted, restart), Count(Counted, false), Count(All, pause)],
    erlang:trace_pattern({'_', '_', '_'}, false, [call_count]),
    Told = [begin erlang:trace_pattern(Counted, Spec, Flags), counted(2), counts(Counted) end
            || {Spec, Flags} <- [{true, [local, call_count]}, {[{'_', [], [{message, x}]}], [local, call_count]}, {false, [local]}, {false, [call_count]}]],
    {One, Same, Other, Many, Each, Part, Told, counts(Counted), counts({?MODULE, same, 1})}.

trace_counting_time() ->
    Functions = [{?MODULE, F, 1} || F <- [counted, same, loop, body]],
    Order = fun(Order, Flags) -> erlang:trace_pattern({?MODULE, '_', '_'}, Order, Flags), [counts(F) || F <- Functions] end,
    Tracer = spawn(fun Tracer() -> receive stop -> ok; _ -> Tracer() end end),
    Work = fun() -> counted(3), loop(1000), body(20), catch fails(x) end,
    Started = Order(true, [call_time, call_memory]),
    Work(),
    Untraced = [counts(F) || F <- Functions],
    1 = erlang:trace(self(), true, [call, {tracer, Tracer}]),
    Work(),
    Self = self(),
    Other = spawn(fun() -> receive go -> Work(), counted(5), Self ! done end end),
    1 = erlang:trace(Other, true, [call, {tracer, Tracer}]),
    Other ! go,
    receive done -> ok end,
    Traced = [counts(F) || F <- Functions],
    Orders = [begin Told = Order(O, F), Work(), Told end || {O, F} <- [{pause, [call_time]}, {restart, [call_time]}, {false, [call_time]}, {false, [call_memory]}]],
    1 = erlang:trace(self(), false, [all]),
    Tracer ! stop,
    {Started, Untraced, Traced, Orders}.

trace_counting_errors() ->
    Same = {?MODULE, same, 1},
    [{attempt(fun() -> erlang:trace_pattern(What, Spec, Flags) end), attempt(fun() -> erlang:trace_pattern(What, false, Flags) end)}
     || {What, Spec, Flags} <- [{Same, [{'_', [], []}], [call_count]}, {Same, true, [global, call_count]}, {Same, true, [call_time, foo]},
                                {Same, pause, [local]}, {Same, restart, []}, {Same, foo, [call_count]}, {{?MODULE, nope, 1}, true, [call_memory]},
                                {foo, true, [call_count]}]].

%% The test takes arguments as a list or as a tuple.
trace_specification_tests() ->
    [{A, H, try erlang:match_spec_test(A, [{H, [], []}], trace) catch _:R -> R end}
     || {A, H} <- [{[a, b], {'$1', '$2'}}, {[a, b], {'$1'}}, {{a, b}, {'$1', '$2'}}, {{a, b}, ['$1', '$2']}, {[{a, b}], {'$1', '$2'}},
                   {[a, b], foo}, {[a, b], #{}}, {[a, b], 3}, {[a], '$1'}]]
    ++ [try erlang:match_spec_test([], [{'_', [], [{message, Body}]}], trace) catch _:R -> R end
        || Body <- [{set_seq_token, label, 1}, {set_seq_token, foo, 1}, {set_seq_token, send, true}, {get_seq_token}, {caller}]].

trace_message_patterns() ->
    Work = fun(T) -> T ! {a, 1}, T ! {b, 2}, catch (nobody ! {a, 3}), self() ! {b, 4}, receive {b, _} -> ok end end,
    Info = fun() -> [erlang:trace_info(Which, match_spec) || Which <- [send, 'receive']] end,
    Told = [begin
                Set = [erlang:trace_pattern(W, Spec, []) || W <- Which],
                Told = {Set, Info(), told([send, 'receive'], Work)},
                [erlang:trace_pattern(W, true, []) || W <- Which],
                Told
            end || {Which, Spec} <- [{[send, 'receive'], true}, {[send], false}, {['receive'], false}, {[send], [{['_', {a, '_'}], [], []}]},
                                     {['receive'], [{['_', '_', {b, '$1'}], [{'>', '$1', 1}], []}]},
                                     {[send], [{['_', {a, '_'}], [], [{message, false}]}, {'_', [], []}]}]],
    {Told, Info(), [attempt(F) || F <- [fun() -> erlang:trace_pattern(send, true, [local]) end, fun() -> erlang:trace_pattern(send, foo, []) end,
                                        fun() -> erlang:trace_info(send, traced) end, fun() -> erlang:trace_pattern('receive', pause, []) end]]}.
