%% What processes share: tables, persistent terms, atomics, counters, the environment, and what the system tells of itself.
-module(shared_cases).
-export([cases/0]).

cases() ->
    [{ets_basics, fun ets_basics/0}, {ets_errors, fun ets_errors/0}, {ets_select, fun ets_select/0},
     {ets_ordered, fun ets_ordered/0}, {ets_bags, fun ets_bags/0}, {ets_order, fun ets_order/0},
     {ets_setopts, fun ets_setopts/0}, {ets_fixed, fun ets_fixed/0}, {ets_counters, fun ets_counters/0},
     {ets_ownership, fun ets_ownership/0}, {ets_protection, fun ets_protection/0}, {ets_heir, fun ets_heir/0},
     {ets_give_away, fun ets_give_away/0}, {ets_info, fun ets_info/0}, {ets_continuations, fun ets_continuations/0},
     {ets_all, fun ets_all/0}, {ets_match_specs, fun ets_match_specs/0}, {ets_tab, fun ets_tab/0},
     {ets_funs_inside, fun ets_funs_inside/0}, {ets_module, fun ets_module/0},
     {match_spec_test, fun match_spec_test/0},
     {persistent_terms, fun persistent_terms/0}, {persistent_reads, fun persistent_reads/0},
     {atomics, fun atomics_cases/0}, {atomics_unsigned, fun atomics_unsigned/0},
     {counters, fun counters_cases/0}, {environment, fun environment/0}, {environment_errors, fun environment_errors/0},
     {nodes, fun nodes_cases/0}, {ports, fun ports_cases/0}, {system_info, fun system_info_cases/0},
     {statistics, fun statistics_cases/0}, {memory, fun memory_cases/0}, {system_flags, fun system_flags/0},
     {halt_errors, fun halt_errors/0}, {times, fun times/0}, {unique, fun unique/0}, {calendar, fun calendar_cases/0},
     {internal_state, fun internal_state/0}, {sizes, fun sizes/0}, {unlikely_arguments, fun unlikely_arguments/0},
     {tracing, fun tracing/0}, {funs, fun funs/0}, {code, fun code_cases/0}, {signals_of_os, fun signals_of_os/0}].

attempt(F) ->
    try {ok, F()} catch Class:Reason -> {Class, Reason} end.

%% The same in a process of its own.
elsewhere(F) ->
    {_, Monitor} = spawn_monitor(fun() -> exit(attempt(F)) end),
    receive {'DOWN', Monitor, _, _, Result} -> Result end.

ets_basics() ->
    T = ets:new(t, []),
    true = ets:insert(T, [{a, 1}, {b, 2}, {"c", 3.0}, {<<"d">>, [x]}]),
    {ets:lookup(T, a), ets:lookup(T, zz), ets:member(T, b), ets:lookup_element(T, "c", 2), ets:insert_new(T, {a, 9}),
     ets:insert_new(T, [{e, 1}, {a, 2}]), ets:lookup(T, e), ets:take(T, b), ets:delete(T, a), ets:info(T, size),
     ets:update_element(T, <<"d">>, {2, y}), ets:lookup(T, <<"d">>), ets:delete_all_objects(T), ets:tab2list(T),
     is_reference(T), ets:delete(T), attempt(fun() -> ets:lookup(T, a) end), ets:info(T)}.

ets_errors() ->
    T = ets:new(t, [set]),
    N = ets:new(shared_name, [named_table]),
    ets:insert(T, {k, 1}),
    [N] ++ [attempt(F) || F <- [fun() -> ets:new(shared_name, [named_table]) end, fun() -> ets:new(1, []) end, fun() -> ets:new(x, [foo]) end,
                         fun() -> ets:new(x, foo) end, fun() -> ets:new(x, [{keypos, 0}]) end, fun() -> ets:insert(T, {}) end,
                         fun() -> ets:insert(T, foo) end, fun() -> ets:insert(T, [{a}, b]) end, fun() -> ets:insert(nope, {a}) end,
                         fun() -> ets:lookup(1, a) end, fun() -> ets:lookup_element(T, zz, 2) end,
                         fun() -> ets:lookup_element(T, k, 3) end, fun() -> ets:lookup_element(T, k, 0) end,
                         fun() -> ets:update_element(T, k, {1, x}) end, fun() -> ets:update_element(T, k, {5, x}) end,
                         fun() -> ets:update_counter(T, zz, 1) end, fun() -> ets:first(nope) end,
                         fun() -> ets:next(T, zz) end, fun() -> ets:rename(T, 1) end, fun() -> ets:select(T, [foo]) end,
                         fun() -> ets:match(T, foo, bar) end, fun() -> ets:delete(nope) end, fun() -> ets:safe_fixtable(T, foo) end,
                         fun() -> ets:setopts(T, foo) end, fun() -> ets:slot(T, -1) end]].

ets_select() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N rem 3, integer_to_list(N)} || N <- lists:seq(1, 20)]),
    {ets:match(T, {'$1', 2, '_'}), ets:match_object(T, {'_', 0, '_'}),
     ets:select(T, [{{'$1', '$2', '_'}, [{'>', '$1', 15}, {'=:=', '$2', 1}], [{{'$1', '$2'}}]}]),
     ets:select(T, [{{'$1', '_', '$3'}, [{'<', '$1', 3}], ['$_']}]), ets:select_count(T, [{{'$1', 1, '_'}, [], [true]}]),
     ets:select_delete(T, [{{'$1', 1, '_'}, [], [true]}]), ets:info(T, size),
     ets:select_replace(T, [{{'$1', 2, '$3'}, [], [{{'$1', two, '$3'}}]}]), ets:match(T, {'$1', two, '$2'}),
     ets:match_delete(T, {'_', two, '_'}), ets:info(T, size),
     ets:select(T, [{{'$1', '_', '_'}, [{'orelse', {'==', '$1', 3}, {'==', '$1', 6}}], [{'+', '$1', 100}]}]),
     [ets:select(T, [{{'$1', '_', '_'}, [{'==', '$1', 3}, {'=:=', {const, [a]}, [{const, a}]}], [Body]}])
      || Body <- [[{const, {x}}], [{const, x}, [{const, [y]}] | z], #{k => {const, {v}}, {const, {k}} => v}]],
     ets:select_reverse(T, [{{'$1', '_', '_'}, [], ['$1']}])}.

ets_ordered() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{X} || X <- [b, a, 1, 1.0, 2, "s", {t}, <<"b">>, [], #{}, make_tuple()]]),
    Keys = keys(T, ets:first(T)),
    {Keys, ets:last(T), ets:prev(T, b), ets:next(T, 1.5), ets:prev(T, 0), ets:lookup(T, 1), ets:info(T, size), ets:slot(T, 0)}.

make_tuple() -> {x, y}.

keys(_, '$end_of_table') -> [];
keys(T, K) -> [K | keys(T, ets:next(T, K))].

ets_bags() ->
    B = ets:new(b, [bag]),
    D = ets:new(d, [duplicate_bag]),
    [ets:insert(T, [{k, 1}, {k, 2}, {k, 1}, {j, 1}]) || T <- [B, D]],
    R = {ets:lookup(B, k), ets:lookup(D, k), ets:lookup_element(D, k, 2), ets:delete_object(D, {k, 1}), ets:lookup(D, k), ets:member(B, j),
         ets:info(B, size), attempt(fun() -> ets:update_counter(B, k, 1) end)},
    R.

%% The order of tables that have none, which programs show nevertheless.
ets_order() ->
    Keys = [lists:seq(1, 12), [-1, 0, 255, 1 bsl 40, -(1 bsl 59), 1 bsl 59, 1 bsl 60, -(1 bsl 63), 1 bsl 64, -(1 bsl 200)],
            [a, b, c, apple, pear, plum, 'two words', undefined, ok, error, x1, x2, x3, 'käse', list_to_atom([16#20ac])],
            ["alice", "bob", "carol", "dave", "eve", [], [1, 2, 3], [300, 400], [1, 300], ["ab", "cd"], [1 | 2]],
            [<<"alice">>, <<"bob">>, <<"carol">>, <<>>, <<"a name of more than sixteen bytes">>, <<5:3>>, <<1, 2, 3:7>>, <<"0123456789abcdef">>],
            [1.0, 2.5, -0.125, 1.0e300, 0.0], [{}, {1}, {1, 2}, {1, {2, 3}}, {"a", <<"b">>}, {1.5, 2}, {[1], {[2], 3}}]],
    [begin
         T = ets:new(t, [Type, public]),
         ets:insert(T, [{K, N} || K <- Ks, N <- [1, 2]]),
         {First, Next} = {ets:first(T), ets:next(T, ets:first(T))},
         {Some, More} = ets:select(T, [{{'$1', '$2'}, [], [{{'$2', '$1'}}]}], 3),
         [Type, ets:tab2list(T), First, Next, ets:foldl(fun({K, _}, Seen) -> [K | Seen] end, [], T),
          ets:match(T, {'$1', 1}), Some, element(1, ets:select(More)), ets:lookup(T, First), ets:match(T, {First, '$1'}),
          ets:select(T, [{{'$1', '$2'}, [{'==', '$2', 2}], ['$1']}])]
     end || Type <- [set, bag, duplicate_bag], Ks <- Keys].

ets_setopts() ->
    T = ets:new(t, [protected]),
    Set = fun(Options) -> {attempt(fun() -> ets:setopts(T, Options) end), ets:info(T, protection), ets:info(T, heir)} end,
    Self = self(),
    Read = fun() -> elsewhere(fun() -> ets:lookup(T, a) end) end,
    Results = [Set(Options) || Options <- [{protection, private}, [{protection, public}], [{protection, public}, {protection, private}],
                                           {protection, open}, {protection, private, x}, [{heir, none}, {protection, private}],
                                           [{heir, none}, {heir, none}], {heir, Self}, [], [{protection, public} | x], {keypos, 2}, x]],
    {Results, Read(), ets:setopts(T, {protection, protected}), Read()}.

ets_fixed() ->
    T = ets:new(t, []),
    Free = {ets:info(T, safe_fixed), ets:info(T, safe_fixed_monotonic_time), ets:info(T, fixed)},
    {System, Monotonic} = {erlang:timestamp(), erlang:monotonic_time()},
    true = ets:safe_fixtable(T, true),
    true = ets:safe_fixtable(T, true),
    Self = self(),
    {SystemFixed, [{Self, 2}]} = ets:info(T, safe_fixed),
    {MonotonicFixed, [{Self, 2}]} = ets:info(T, safe_fixed_monotonic_time),
    {Free, timer:now_diff(SystemFixed, System) >= 0, timer:now_diff(erlang:timestamp(), SystemFixed) >= 0,
     Monotonic =< MonotonicFixed, MonotonicFixed =< erlang:monotonic_time()}.

ets_counters() ->
    T = ets:new(t, []),
    ets:insert(T, {c, 1, 10, x}),
    {ets:update_counter(T, c, 5), ets:update_counter(T, c, {3, -4}), ets:update_counter(T, c, [{2, 1}, {3, 1}, {2, 1}]),
     ets:update_counter(T, c, {2, 10, 12, 0}), ets:update_counter(T, c, {3, -100, 0, 7}), ets:lookup(T, c),
     ets:update_counter(T, new, 3, {new, 10}), ets:update_counter(T, c, {2, 1 bsl 70}),
     attempt(fun() -> ets:update_counter(T, c, {4, 1}) end), attempt(fun() -> ets:update_counter(T, c, {1, 1}) end),
     attempt(fun() -> ets:update_counter(T, c, {9, 1}) end), attempt(fun() -> ets:update_counter(T, c, foo) end)}.

ets_ownership() ->
    Self = self(),
    P = spawn(fun() -> T = ets:new(owned, [public]), Self ! {table, T}, receive stop -> ok end end),
    T = receive {table, X} -> X end,
    ets:insert(T, {a, 1}),
    A = {ets:lookup(T, a), ets:info(T, owner) =:= P},
    M = monitor(process, P),
    P ! stop,
    receive {'DOWN', M, _, _, _} -> ok end,
    {A, ets:info(T), attempt(fun() -> ets:insert(T, {b}) end)}.

ets_protection() ->
    [begin
         T = ets:new(t, [Access]),
         ets:insert(T, {a, 1}),
         Self = self(),
         spawn(fun() -> Self ! {Access, attempt(fun() -> ets:lookup(T, a) end), attempt(fun() -> ets:insert(T, {b, 2}) end),
                                attempt(fun() -> ets:delete(T) end) =:= {ok, true}} end),
         receive {Access, _, _, _} = M -> M end
     end || Access <- [private, protected]].

ets_heir() ->
    Self = self(),
    P = spawn(fun() -> ets:new(inherited, [named_table, {heir, Self, data}]), ets:insert(inherited, {k, v}), receive stop -> ok end end),
    receive after 10 -> ok end,
    P ! stop,
    receive {'ETS-TRANSFER', T, From, Data} -> {T, From =:= P, Data, ets:lookup(inherited, k), ets:info(inherited, owner) =:= Self} end.

ets_give_away() ->
    Self = self(),
    P = spawn(fun() -> receive {'ETS-TRANSFER', T, From, Gift} -> Self ! {got, From =:= Self, Gift, ets:info(T, owner) =:= self()} end end),
    T = ets:new(gift, []),
    A = ets:give_away(T, P, present),
    B = receive X -> X end,
    {A, B, attempt(fun() -> ets:give_away(T, P, again) end)}.

ets_info() ->
    T = ets:new(t, [ordered_set, public, {keypos, 2}, {read_concurrency, true}, compressed]),
    ets:insert(T, {a, b}),
    {[ets:info(T, I) || I <- [name, type, protection, keypos, size, named_table, heir, node, compressed, read_concurrency, write_concurrency,
                              decentralized_counters]],
     attempt(fun() -> ets:info(T, foo) end), ets:info(T, fixed), ets:safe_fixtable(T, true), ets:info(T, fixed), ets:safe_fixtable(T, false),
     [K || {K, _} <- ets:info(T)], is_integer(ets:info(T, memory)), ets:whereis(nope)}.

ets_continuations() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N} || N <- lists:seq(1, 10)]),
    {A, C1} = ets:select(T, [{{'$1'}, [], ['$1']}], 4),
    {B, C2} = ets:select(C1),
    {C, C3} = ets:select(C2),
    {A, B, C, C3 =:= '$end_of_table' orelse ets:select(C3), element(1, ets:match(T, {'$1'}, 2)), element(1, ets:match_object(T, {'_'}, 3)),
     ets:select(T, [{{x}, [], [1]}], 3)}.

ets_all() ->
    Requested = ets:internal_request_all(),
    true = receive {Requested, Tables} -> is_list(Tables) after 1000 -> none end,
    T = ets:new(in_all, []),
    {is_list(ets:all()), lists:member(T, ets:all())}.

ets_match_specs() ->
    MS = ets:match_spec_compile([{{'$1', '$2'}, [{is_integer, '$2'}], [{{'$2', '$1'}}]}]),
    {ets:is_compiled_ms(MS), ets:is_compiled_ms(foo), ets:match_spec_run([{a, 1}, {b, x}, {c, 3}], MS),
     attempt(fun() -> ets:match_spec_compile([foo]) end), attempt(fun() -> ets:match_spec_compile([]) end), attempt(fun() -> ets:match_spec_run([a], []) end), ets:test_ms({a, 1}, [{{'$1', '_'}, [], ['$1']}]),
     ets:test_ms({a, 1}, [{{'$1'}, [], ['$1']}])}.

ets_tab() ->
    T = ets:new(t, [ordered_set]),
    ets:insert(T, [{N, N * N} || N <- lists:seq(1, 5)]),
    {ets:tab2list(T), ets:foldl(fun({_, V}, Acc) -> V + Acc end, 0, T), ets:foldr(fun({K, _}, Acc) -> [K | Acc] end, [], T)}.

ets_funs_inside() ->
    T = ets:new(t, []),
    X = length(erlang:processes()) * 0 + 5,
    ets:insert(T, [{f, fun(Y) -> X + Y end}, {g, fun lists:reverse/1}, {p, self()}, {r, R = make_ref()}]),
    [{f, F}] = ets:lookup(T, f),
    [{g, G}] = ets:lookup(T, g),
    {F(1), G([1, 2]), ets:lookup(T, p) =:= [{p, self()}], ets:lookup(T, r) =:= [{r, R}], element(2, erlang:fun_info(F, arity))}.

ets_module() ->
    T = ets:new(t, [set, public]),
    ets:insert(T, {k, lists:seq(1, 1000)}),
    {length(ets:lookup_element(T, k, 2)), ets:rename(ets:new(old, [named_table]), new), ets:whereis(new) =/= undefined,
     ets:setopts(T, {heir, none}), ets:init_table(T, fun(read) -> {[{z, 1}], fun(read) -> end_of_input end}; (close) -> ok end),
     ets:tab2list(T)}.

match_spec_test() ->
    [erlang:match_spec_test({a, 1}, [{{'$1', '$2'}, [], [{{'$2', '$1'}}]}], table),
     element(1, erlang:match_spec_test({a, 1}, [{{'$1', '$2'}, [{foo}], ['$1']}], table)),
     attempt(fun() -> erlang:match_spec_test(a, b, foo) end)].

persistent_terms() ->
    K = {?MODULE, key},
    {persistent_term:get(K, none), attempt(fun() -> persistent_term:get(K) end), persistent_term:put(K, {value, [1, 2]}),
     persistent_term:get(K), persistent_term:put(K, other), persistent_term:get(K), lists:member({K, other}, persistent_term:get()),
     lists:sort(maps:keys(persistent_term:info())), persistent_term:erase(K), persistent_term:erase(K), persistent_term:get(K, gone)}.

%% What was read stays what it was, whatever becomes of the persistent term; what is read next is what there is then.
persistent_reads() ->
    K = {?MODULE, "a key", <<"of several kinds">>},
    Value = fun(N) -> #{number => N, list => lists:seq(1, 200), binary => binary:copy(<<N>>, 300), pair => {N, [N]}} end,
    {ok, _} = elsewhere(fun() -> persistent_term:put(K, Value(1)) end),
    First = persistent_term:get(K),
    Same = [persistent_term:get(K) =:= First || _ <- lists:seq(1, 100)],
    Part = maps:get(binary, persistent_term:get(K)),
    {ok, _} = elsewhere(fun() -> persistent_term:put({?MODULE, another}, 1) end),
    StillSame = persistent_term:get(K, none) =:= First,
    {ok, _} = elsewhere(fun() -> persistent_term:put(K, Value(2)) end),
    Second = persistent_term:get(K),
    erlang:garbage_collect(),
    Kept = {First =:= Value(1), Second =:= Value(2), Part =:= binary:copy(<<1>>, 300), maps:get(pair, First)},
    {ok, _} = elsewhere(fun() -> persistent_term:erase(K) end),
    Gone = {persistent_term:get(K, gone), attempt(fun() -> persistent_term:get(K) end)},
    erlang:garbage_collect(),
    StillKept = {First =:= Value(1), Second =:= Value(2), byte_size(maps:get(binary, Second))},
    {ok, _} = elsewhere(fun() -> persistent_term:put(K, now_something_else) end),
    Last = {persistent_term:get(K, gone), persistent_term:put(K, mine), persistent_term:get(K), persistent_term:erase(K), persistent_term:get(K, gone)},
    persistent_term:erase({?MODULE, another}),
    {lists:usort(Same), StillSame, Kept, Gone, StillKept, Last}.

atomics_cases() ->
    A = atomics:new(3, []),
    {atomics:get(A, 1), atomics:put(A, 1, 10), atomics:add(A, 1, 5), atomics:add_get(A, 1, -20), atomics:sub(A, 2, 3), atomics:sub_get(A, 2, 1),
     atomics:exchange(A, 3, 7), atomics:compare_exchange(A, 3, 7, 8), atomics:compare_exchange(A, 3, 7, 9), atomics:get(A, 3),
     sorted(atomics:info(A)), atomics:put(A, 1, 16#7fffffffffffffff), atomics:add_get(A, 1, 1),
     [attempt(F) || F <- [fun() -> atomics:get(A, 0) end, fun() -> atomics:get(A, 4) end, fun() -> atomics:put(A, 1, 1 bsl 63) end,
                          fun() -> atomics:put(A, 1, foo) end, fun() -> atomics:get(make_ref(), 1) end, fun() -> atomics:new(0, []) end,
                          fun() -> atomics:new(1, [foo]) end, fun() -> atomics:add(A, 1, 1 bsl 64) end, fun() -> atomics:get(foo, 1) end,
                          fun() -> atomics:new(1 bsl 64, []) end, fun() -> atomics:new(-(1 bsl 64), []) end,
                          fun() -> counters:new(1 bsl 64, [write_concurrency]) end]]}.

%% The order of a map's keys differs between releases.
sorted(Map) ->
    lists:sort(maps:to_list(maps:remove(memory, Map))).

atomics_unsigned() ->
    A = atomics:new(1, [{signed, false}]),
    {atomics:add_get(A, 1, 1), atomics:sub_get(A, 1, 2), atomics:put(A, 1, 16#ffffffffffffffff), atomics:add_get(A, 1, 2),
     sorted(atomics:info(A)), attempt(fun() -> atomics:put(A, 1, -1) end), attempt(fun() -> atomics:put(A, 1, 1 bsl 64) end)}.

counters_cases() ->
    [begin
         C = counters:new(2, O),
         {counters:add(C, 1, 5), counters:sub(C, 1, 2), counters:get(C, 1), counters:put(C, 2, -7), counters:get(C, 2),
          sorted(counters:info(C)), attempt(fun() -> counters:get(C, 3) end)}
     end || O <- [[], [write_concurrency]]]
        ++ [attempt(fun() -> counters:new(0, []) end), attempt(fun() -> counters:new(1, [foo]) end)]
        ++ [attempt(fun() -> Module:new(Size, []) end) || Module <- [counters, atomics], Size <- [1 bsl 90, 1 bsl 64, -1, -(1 bsl 90), a]].

environment() ->
    {os:getenv("ORRERY_TEST_X"), os:putenv("ORRERY_TEST_X", "a value"), os:getenv("ORRERY_TEST_X"), os:putenv("ORRERY_TEST_X", ""),
     os:getenv("ORRERY_TEST_X"), os:unsetenv("ORRERY_TEST_X"), os:getenv("ORRERY_TEST_X", "default"), os:putenv("ORRERY_TEST_X", [1080, 8364]),
     os:getenv("ORRERY_TEST_X"), lists:keyfind("ORRERY_TEST_X", 1, os:env()), os:unsetenv("ORRERY_TEST_X"), os:unsetenv("ORRERY_TEST_X")}.

environment_errors() ->
    [attempt(F) || F <- [fun() -> os:getenv(foo) end, fun() -> os:getenv("A=B") end, fun() -> os:getenv([0]) end, fun() -> os:putenv("A=B", "x") end,
                         fun() -> os:putenv("A", foo) end, fun() -> os:putenv("A", [0]) end, fun() -> os:unsetenv(foo) end, fun() -> os:unsetenv("=") end]].

nodes_cases() ->
    {node(), nodes(), is_alive(), node(self()), nodes(this), nodes(known), net_kernel_is_there(),
     [attempt(F) || F <- [fun() -> nodes(foo) end, fun() -> node(foo) end, fun() -> monitor_node('a@b', true) end,
                          fun() -> monitor_node(node(), true) end, fun() -> is_pid(spawn('a@b', erlang, self, [])) end]]}.

net_kernel_is_there() -> is_atom(node()).

ports_cases() ->
    [P | _] = erlang:ports(),
    [is_port(P), erlang:port_info(P, id), node(P), P =:= list_to_port(port_to_list(P)),
     binary_to_term(term_to_binary(P)) =:= P, is_pid(element(2, erlang:port_info(P, connected))), P > self(), P < {}, [K || {K, _} <- erlang:port_info(P)],
     attempt(fun() -> erlang:port_info(P, foo) end)] ++
    [attempt(F) || F <- [fun() -> open_port({spawn_executable, "/no/such/file"}, []) end,
                         fun() -> open_port({spawn, "x"}, [foo]) end, fun() -> open_port({spawn, ""}, []) end,
                         fun() -> open_port({fd, foo, 1}, []) end, fun() -> port_close(foo) end, fun() -> port_command(foo, "") end,
                         fun() -> port_connect(foo, self()) end, fun() -> port_control(foo, 1, "") end, fun() -> erlang:port_info(foo) end,
                         fun() -> erlang:port_call(foo, 1, 1) end]].

system_info_cases() ->
    {[erlang:system_info(I) || I <- [wordsize, {wordsize, internal}, {wordsize, external}, endian, otp_release, heap_type, threads, smp_support, machine,
                                     compat_rel, build_type]],
     [is_integer(erlang:system_info(I)) || I <- [process_count, process_limit, port_count, port_limit, ets_limit, ets_count, atom_count, atom_limit,
                                                 schedulers, schedulers_online, start_time, logical_processors_available, dirty_io_schedulers]],
     [is_list(erlang:system_info(I)) || I <- [version, system_version, system_architecture, nif_version, driver_version, heap_sizes, garbage_collection]],
     [erlang:system_info(I) || I <- [min_heap_size, min_bin_vheap_size, fullsweep_after, dist_ctrl, multi_scheduling_blockers, dynamic_trace]],
     element(1, erlang:system_info(os_type)),
     [attempt(fun() -> erlang:system_info(I) end) || I <- [foo, 1, "x", {a, b}, {wordsize, x}]]}.

statistics_cases() ->
    [shape(erlang:statistics(I)) || I <- [context_switches, exact_reductions, reductions, garbage_collection, io, run_queue, runtime, wall_clock,
                                          total_active_tasks, total_run_queue_lengths, scheduler_wall_time]]
        ++ [attempt(fun() -> erlang:statistics(I) end) || I <- [foo, 1]].

shape(I) when is_integer(I) -> int;
shape(T) when is_tuple(T) -> list_to_tuple([shape(E) || E <- tuple_to_list(T)]);
shape(X) -> X.

memory_cases() ->
    {[{K, is_integer(V)} || {K, V} <- erlang:memory()], is_integer(erlang:memory(total)), [K || {K, _} <- erlang:memory([ets, total])],
     [attempt(fun() -> erlang:memory(X) end) || X <- [foo, [foo], 1]]}.

%% What erts_debug tells of the inside once one process has opened it, in all of them.
internal_state() ->
    Get = fun(Item) -> fun() -> erts_debug:get_internal_state(Item) end end,
    Set = fun(Value) -> fun() -> erts_debug:set_internal_state(available_internal_state, Value) end end,
    Small = list_to_binary("small"),
    Large = iolist_to_binary(lists:duplicate(100, $l)),
    Items = [available_internal_state, {binary_info, Small}, {binary_info, Large}, {binary_info, no_binary}],
    Shut = [elsewhere(Get(I)) || I <- Items],
    Opened = [elsewhere(Set(true)), elsewhere(Set(true)), elsewhere(Set(maybe_so))],
    Told = [case elsewhere(Get(I)) of {ok, T} when is_tuple(T) -> {element(1, T), element(2, T), tuple_size(T)}; Other -> Other end || I <- Items],
    %% A comprehension takes just the room that it needs, where the compiler can tell.
    {refc_binary, 3, {binary, 3}, _} = erts_debug:get_internal_state({binary_info, << <<(X + 1)>> || <<X>> <= list_to_binary("abc") >>}),
    {Shut, Opened, Told, elsewhere(Set(false)), elsewhere(Get(available_internal_state))}.

%% Words that terms take.
sizes() ->
    Shared = lists:seq(1, 10),
    [{erts_debug:size(T), erts_debug:flat_size(T)} || T <- [[], Shared, [Shared, Shared], {Shared, {Shared}}, #{a => Shared, b => Shared}, 1 bsl 70]]
    ++ [erts_debug:size(maps:from_list([{X, [X]} || X <- lists:seq(1, N)])) || N <- [32, 33, 100, 1000]].

unlikely_arguments() ->
    Reference = make_ref(),
    true = erlang:system_info({memory_internal, Reference, [fix_alloc]}),
    Told = receive {Reference, _, Answer} -> Answer after 1000 -> nothing end,
    [attempt(fun() -> erlang:hibernate(x, y, lists:duplicate(5000, z)) end), attempt(fun() -> erlang:hibernate(x, y, [a | b]) end),
     is_list(Told), attempt(fun() -> erlang:system_info({memory_internal, Reference, x}) end),
     attempt(fun() -> erts_internal:map_hashmap_children(#{}) end), attempt(fun() -> erts_internal:map_hashmap_children(x) end)].

system_flags() ->
    Old = erlang:system_flag(backtrace_depth, 12),
    Deep = trace_lengths(),
    Shallow = [begin erlang:system_flag(backtrace_depth, D), trace_lengths() end || D <- [3, 1, 100]],
    [Old, Deep, Shallow, erlang:system_flag(backtrace_depth, Old), attempt(fun() -> process_flag(backtrace_depth, 8) end)]
        ++ [attempt(fun() -> erlang:system_flag(F, V) end) || {F, V} <- [{backtrace_depth, -1}, {backtrace_depth, x}, {foo, 1}, {1, 1},
                                                                         {schedulers_online, 0}, {scheduler_wall_time, foo}, {time_offset, foo}]].

%% Lengths of a stack trace here, in a process that begins now, and of where this one is.
trace_lengths() ->
    Self = self(),
    spawn(fun() -> Self ! {deep, length(trace(20))} end),
    There = receive {deep, N} -> N end,
    {length(trace(20)), There, here(20)}.

trace(N) -> try descend(N) catch error:_:Trace -> Trace end.

descend(0) -> error(deep);
descend(N) -> [N | descend(N - 1)].

here(0) -> {current_stacktrace, Trace} = process_info(self(), current_stacktrace), length(Trace);
here(N) -> here(N - 1) + 0.

halt_errors() ->
    [attempt(fun() -> halt(S, O) end) || {S, O} <- [{foo, []}, {-1, []}, {1.0, []}, {0, foo}, {0, [{flush, foo}]}, {0, [foo]}, {<<"x">>, []}]].

times() ->
    T1 = erlang:monotonic_time(),
    T2 = erlang:monotonic_time(),
    S = erlang:system_time(second),
    {Mega, Sec, Micro} = erlang:timestamp(),
    N1 = erlang:now(),
    N2 = erlang:now(),
    {T2 >= T1, abs(Mega * 1000000 + Sec - S) =< 2, Micro < 1000000, N2 > N1, erlang:convert_time_unit(1500, millisecond, second),
     abs(erlang:system_time() - erlang:monotonic_time() - erlang:time_offset()) < 1000000000,
     [is_integer(erlang:monotonic_time(U)) || U <- [second, millisecond, microsecond, nanosecond, native, 7]],
     [attempt(fun() -> erlang:monotonic_time(U) end) || U <- [foo, 0, -1, 1.0]], is_integer(os:system_time()), is_integer(os:perf_counter())}.

unique() ->
    A = erlang:unique_integer([monotonic]),
    B = erlang:unique_integer([monotonic]),
    C = erlang:unique_integer([positive]),
    {B > A, C > 0, erlang:unique_integer() =/= erlang:unique_integer(), make_ref() =/= make_ref(),
     [attempt(fun() -> erlang:unique_integer(O) end) || O <- [[foo], foo, [positive | x]]]}.

calendar_cases() ->
    {{Y, _, _}, _} = calendar:universal_time(),
    {Y > 1969, calendar:day_of_the_week(2024, 2, 29), calendar:datetime_to_gregorian_seconds({{2024, 2, 29}, {12, 0, 0}}),
     erlang:universaltime_to_posixtime({{2024, 2, 29}, {12, 0, 0}}), erlang:posixtime_to_universaltime(1709208000),
     attempt(fun() -> erlang:universaltime_to_localtime({{2023, 2, 29}, {0, 0, 0}}) end), size(date()), size(time())}.

tracing() ->
    {erlang:trace_info(self(), flags), erlang:trace_info({lists, reverse, 1}, traced), erlang:trace_info({nope, f, 1}, traced),
     seq_trace:get_token(), attempt(fun() -> erlang:trace(foo, true, []) end), erlang:trace(self(), false, [all])}.

funs() ->
    F = fun(X) -> X end,
    {erlang:fun_info(F, module), erlang:fun_info(F, arity), erlang:fun_info(F, type), erlang:fun_info(F, env),
     erlang:fun_info(fun lists:map/2), is_function(erlang:make_fun(lists, map, 2), 2), erlang:function_exported(?MODULE, cases, 0),
     erlang:function_exported(?MODULE, nope, 0), erlang:is_builtin(erlang, self, 0), erlang:is_builtin(lists, map, 2),
     [attempt(fun() -> erlang:make_fun(A, B, C) end) || {A, B, C} <- [{a, b, -1}, {1, b, 1}, {a, b, 256}]]}.

code_cases() ->
    {erlang:module_loaded(?MODULE), erlang:module_loaded(no_such_module), attempt(fun() -> erlang:module_loaded(1) end),
     ?MODULE:module_info(module), lists:sort(?MODULE:module_info(exports)), erlang:check_old_code(?MODULE),
     attempt(fun() -> erlang:get_module_info(no_such_module) end), erlang:delete_module(no_such_module),
     is_list(erlang:pre_loaded()), lists:member(?MODULE, erlang:loaded()),
     element(1, erlang:load_module(foo, <<"not a module">>)), is_binary(?MODULE:module_info(md5))}.

signals_of_os() ->
    {os:set_signal(sigterm, default), attempt(fun() -> os:set_signal(foo, default) end), element(1, os:type()), is_list(os:getpid())}.
