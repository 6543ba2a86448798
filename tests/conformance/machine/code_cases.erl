%% Code that is compiled, loaded, replaced and removed while processes run in it.
-module(code_cases).
-export([cases/0]).

cases() ->
    [{versions, fun versions/0}, {old_code_runs_on, fun old_code_runs_on/0}, {purge_kills, fun purge_kills/0},
     {soft_purge_spares, fun soft_purge_spares/0}, {deleted, fun deleted/0}, {funs_of_old_code, fun funs_of_old_code/0},
     {new_processes, fun new_processes/0}, {on_load, fun on_load/0}, {on_load_over, fun on_load_over/0},
     {on_load_spawns, fun on_load_spawns/0},
     {on_load_again, fun on_load_again/0}, {purged_funs, fun purged_funs/0}, {deleted_funs, fun deleted_funs/0}, {old_elsewhere, fun old_elsewhere/0},
     {constant_branches, fun constant_branches/0}, {prepared, fun prepared/0}, {information, fun information/0}].

attempt(F) ->
    try {ok, F()} catch Class:Reason -> {Class, Reason} end.

%% A module with a version, a loop that stays in its code, and one that leaves it when asked.
compiled(Module, Version) ->
    Text = ["-module(", atom_to_list(Module), "). ",
            "-export([version/0, start/0, loop/0, maker/0]). ",
            "-vsn(", integer_to_list(Version), "). ",
            "version() -> ", integer_to_list(Version), ". ",
            "maker() -> fun(X) -> {X, ", integer_to_list(Version), "} end. ",
            "start() -> spawn(fun() -> loop() end). ",
            "loop() -> receive {From, version} -> From ! {self(), ", integer_to_list(Version), "}, loop();",
            "                  {From, upgrade} -> From ! {self(), upgraded}, ?MODULE:loop();",
            "                  stop -> ok end."],
    compile_text(lists:flatten(Text)).

compile_text(Text) ->
    {ok, Tokens, _} = erl_scan:string(expand(Text)),
    {ok, _, Binary} = compile:forms(forms(Tokens, []), []),
    Binary.

expand(Text) ->
    {match, [{At, Len}]} = re_module(Text),
    Name = string:slice(Text, At, Len),
    lists:flatten(string:replace(Text, "?MODULE", Name, all)).

re_module(Text) ->
    Start = string:length("-module("),
    Rest = string:slice(Text, Start),
    [Name | _] = string:split(Rest, ")"),
    {match, [{Start, string:length(Name)}]}.

forms([], []) -> [];
forms([{dot, _} = Dot | Tokens], Acc) ->
    {ok, Form} = erl_parse:parse_form(lists:reverse([Dot | Acc])),
    [Form | forms(Tokens, [])];
forms([Token | Tokens], Acc) -> forms(Tokens, [Token | Acc]).

load(Module, Version) ->
    erlang:load_module(Module, compiled(Module, Version)).

ask(P) ->
    P ! {self(), version},
    receive {P, V} -> V after 1000 -> no_answer end.

versions() ->
    A = load(hot_a, 1),
    B = hot_a:version(),
    C = load(hot_a, 2),
    D = hot_a:version(),
    E = erlang:check_old_code(hot_a),
    F = load(hot_a, 3),
    G = erts_code_purger:purge(hot_a),
    H = load(hot_a, 3),
    {A, B, C, D, E, F, G, H, hot_a:version(), erlang:check_old_code(hot_a), erts_code_purger:purge(nope), erts_code_purger:soft_purge(nope)}.

old_code_runs_on() ->
    {module, M} = load(hot_b, 1),
    P = M:start(),
    Q = M:start(),
    A = {ask(P), ask(Q)},
    load(hot_b, 2),
    B = {ask(P), ask(Q), erlang:check_process_code(P, M), erlang:check_process_code(self(), M)},
    Q ! {self(), upgrade},
    receive {Q, upgraded} -> ok end,
    C = {ask(P), ask(Q), erlang:check_process_code(P, M)},
    [X ! stop || X <- [P, Q]],
    {A, B, C}.

purge_kills() ->
    {module, M} = load(hot_c, 1),
    P = M:start(),
    Ref = monitor(process, P),
    A = ask(P),
    load(hot_c, 2),
    Q = M:start(),
    B = erts_code_purger:purge(M),
    C = receive {'DOWN', Ref, process, P, R} -> R after 1000 -> alive end,
    {A, B, C, ask(Q), erlang:check_old_code(M)}.

soft_purge_spares() ->
    {module, M} = load(hot_d, 1),
    P = M:start(),
    ask(P),
    load(hot_d, 2),
    A = erts_code_purger:soft_purge(M),
    B = ask(P),
    Ref = monitor(process, P),
    P ! stop,
    receive {'DOWN', Ref, _, _, _} -> ok end,
    {A, B, erts_code_purger:soft_purge(M), erlang:check_old_code(M)}.

deleted() ->
    {module, M} = load(hot_e, 1),
    P = M:start(),
    ask(P),
    A = erlang:delete_module(M),
    B = {erlang:module_loaded(M), erlang:function_exported(M, version, 0), erlang:check_old_code(M)},
    C = ask(P),
    D = attempt(fun() -> erlang:delete_module(M) end),
    {A, B, C, D, erts_code_purger:purge(M), is_process_alive(P), erlang:check_old_code(M)}.

funs_of_old_code() ->
    {module, M} = load(hot_f, 1),
    F = M:maker(),
    load(hot_f, 2),
    G = M:maker(),
    {F(x), G(x), F =:= G, erlang:fun_info(F, module)}.

new_processes() ->
    {module, M} = load(hot_g, 1),
    P1 = M:start(),
    A = ask(P1),
    load(hot_g, 2),
    P2 = M:start(),
    Self = self(),
    spawn(fun() -> Self ! {third, M:version()} end),
    B = receive {third, V} -> V end,
    R = {A, ask(P2), B, ask(P1)},
    [P ! stop || P <- [P1, P2]],
    R.

on_load() ->
    Text = "-module(hot_h). -export([f/0]). -on_load(init/0). init() -> put(loaded, yes), ok. f() -> get(loaded).",
    Prepared = erlang:prepare_loading(hot_h, compile_text(Text)),
    A = erlang:has_prepared_code_on_load(Prepared),
    B = erlang:finish_loading([Prepared]),
    C = erlang:call_on_load_function(hot_h),
    D = erts_code_purger:finish_after_on_load(hot_h, true),
    {A, B, C, D, hot_h:f(), erlang:function_exported(hot_h, init, 0)}.

%% What was there stays until the function has returned, and stays for good where it refuses.
on_load_over() ->
    {module, M} = load(hot_k, 1),
    Text = "-module(hot_k). -export([version/0]). -on_load(init/0). init() -> put(seen, hot_k:version()), refused. version() -> 2.",
    Prepared = erlang:prepare_loading(M, compile_text(Text)),
    A = erlang:finish_loading([Prepared]),
    B = {M:version(), erlang:module_loaded(M), erlang:check_old_code(M)},
    C = erlang:call_on_load_function(M),
    D = erts_code_purger:finish_after_on_load(M, false),
    E = {erase(seen), M:version(), erlang:module_loaded(M), erlang:check_old_code(M), erlang:function_exported(M, loop, 0)},
    Again = erlang:prepare_loading(M, compile_text(Text)),
    F = erlang:finish_loading([Again]),
    G = erlang:call_on_load_function(M),
    H = erts_code_purger:finish_after_on_load(M, true),
    {A, B, C, D, E, F, G, H, M:version(), erlang:check_old_code(M), erlang:function_exported(M, loop, 0)}.

%% Processes run funs of code that is nobody's current code yet.
on_load_spawns() ->
    Text = fun(N) -> "-module(hot_p). -export([version/0]). -on_load(init/0). version() -> " ++ integer_to_list(N) ++ ". "
                     "init() -> Me = self(), F = fun(X) -> {local(X), " ++ integer_to_list(N) ++ "} end, "
                     "spawn(fun() -> Me ! {done, F(here)} end), "
                     "receive {done, R} -> spawn(fun() -> on_load_spawns ! {R, local(there)} end), ok end. "
                     "local(X) -> {local, X}." end,
    register(on_load_spawns, self()),
    [begin
         Prepared = erlang:prepare_loading(hot_p, compile_text(Text(N))),
         Finished = erlang:finish_loading([Prepared]),
         Called = erlang:call_on_load_function(hot_p),
         Told = receive Story -> Story end,
         {Finished, Called, Told, erts_code_purger:finish_after_on_load(hot_p, true), hot_p:version()}
     end || N <- [1, 2]].

on_load_again() ->
    Text = "-module(hot_l). -export([f/0]). -on_load(init/0). init() -> error(refused). f() -> 1.",
    Prepared = erlang:prepare_loading(hot_l, compile_text(Text)),
    A = erlang:finish_loading([Prepared]),
    B = {erlang:module_loaded(hot_l), erlang:function_exported(hot_l, f, 0)},
    C = attempt(fun() -> erlang:call_on_load_function(hot_l) end),
    D = erts_code_purger:finish_after_on_load(hot_l, false),
    {A, B, C, D, erlang:module_loaded(hot_l), attempt(fun() -> erlang:call_on_load_function(hot_l) end),
     erlang:load_module(hot_l, compile_text(Text)), [attempt(fun() -> erlang:finish_after_on_load(X, Y) end) || {X, Y} <- [{nope, true}, {1, true}, {hot_l, foo}]]}.

%% Funs do not keep old code alive, and cannot be called without it.
purged_funs() ->
    {module, M} = load(hot_m, 1),
    F = M:maker(),
    load(hot_m, 2),
    A = {erlang:check_process_code(self(), M), F(x)},
    B = erts_code_purger:soft_purge(M),
    C = case attempt(fun() -> F(x) end) of {error, {badfun, F}} -> badfun; Other -> Other end,
    D = case attempt(fun() -> F(x, y) end) of {error, {badarity, {F, [x, y]}}} -> badarity; Other2 -> Other2 end,
    {A, B, C, D, erlang:fun_info(F, module), erlang:fun_info(F, arity), is_function(F, 1)}.

deleted_funs() ->
    {module, M} = load(hot_n, 1),
    F = M:maker(),
    true = erlang:delete_module(M),
    A = F(x),
    B = erts_code_purger:purge(M),
    C = case attempt(fun() -> F(x) end) of {error, undef} -> undef; Other -> Other end,
    load(hot_n, 1),
    {A, B, C, attempt(fun() -> F(x) end)}.

%% A process that began later knows of the old code all the same.
old_elsewhere() ->
    {module, M} = load(hot_o, 1),
    P = M:start(),
    ask(P),
    load(hot_o, 2),
    Self = self(),
    spawn(fun() -> Self ! {old, erlang:check_old_code(M), erts_code_purger:soft_purge(M), erts_code_purger:purge(M), erlang:check_old_code(M)} end),
    A = receive {old, _, _, _, _} = Old -> Old end,
    {A, is_process_alive(P), erlang:check_old_code(M)}.

%% Branches on constants, which a compiler that does not optimise leaves.
constant_branches() ->
    Function = fun(Name, Subject, Values) ->
                       Label = 10 * Name,
                       Targets = lists:append([[Value, {f, Label + 3 + N}] || {N, Value} <- lists:enumerate(Values)]),
                       Answers = [[{label, Label + 3 + N}, {move, {integer, N}, {x, 0}}, return] || N <- lists:seq(1, length(Values))],
                       Atom = list_to_atom("f" ++ integer_to_list(Name)),
                       {function, Atom, 0, Label + 2,
                        [{label, Label + 1}, {func_info, {atom, hot_q}, {atom, Atom}, 0}, {label, Label + 2},
                         {select_val, Subject, {f, Label + 3}, {list, Targets}} | lists:append(Answers)]
                        ++ [{label, Label + 3}, {move, {atom, other}, {x, 0}}, return]}
               end,
    Big = 1 bsl 70,
    Functions = [Function(1, {integer, 7}, [{integer, 6}, {integer, 7}]), Function(2, {integer, 8}, [{integer, 6}, {integer, 7}]),
                 Function(3, {atom, b}, [{atom, a}, {atom, b}]), Function(4, {atom, c}, [{atom, a}, {atom, b}]),
                 Function(5, {float, 1.5}, [{float, 2.5}, {float, 1.5}]), Function(6, {float, 3.5}, [{float, 2.5}, {float, 1.5}]),
                 Function(7, {integer, Big}, [{integer, 1}, {integer, Big}])],
    Names = [element(2, F) || F <- Functions],
    {ok, hot_q, Code} = compile:forms({hot_q, [{Name, 0} || Name <- Names], [], Functions, 80}, [from_asm, no_postopt]),
    {module, hot_q} = erlang:load_module(hot_q, Code),
    [hot_q:Name() || Name <- Names].

prepared() ->
    Binary = compiled(hot_i, 1),
    P = erlang:prepare_loading(hot_i, Binary),
    A = erlang:module_loaded(hot_i),
    B = erlang:has_prepared_code_on_load(P),
    C = erlang:finish_loading([P]),
    D = hot_i:version(),
    E = [attempt(fun() -> erlang:finish_loading(X) end) || X <- [[], foo, [foo], [make_ref()]]],
    F = [attempt(fun() -> erlang:has_prepared_code_on_load(X) end) || X <- [foo, make_ref()]],
    Forged = binary:replace(compile_text("-module(hot_forged). -export([f/1]). f(<<A:8, B:16, _/bits>>) -> {A, B}; f(_) -> no."), <<"ensure_at_least">>, <<"nothing_so_late">>),
    {error, badfile} = erlang:prepare_loading(hot_forged, Forged),
    G = [attempt(fun() -> erlang:prepare_loading(X, Y) end) || {X, Y} <- [{foo, <<"bad">>}, {foo, Binary}, {1, Binary}, {foo, bar}]],
    {ok, _, Chunks} = beam_lib:all_chunks(Binary),
    H = [begin
             {ok, Bad} = beam_lib:build_module(lists:keystore(Chunk, 1, Chunks, {Chunk, <<"no term">>})),
             erlang:prepare_loading(hot_i, Bad)
         end || Chunk <- ["Attr", "CInf"]],
    {A, B, C, D, E, F, G, H}.

information() ->
    {module, M} = load(hot_j, 7),
    {M:module_info(exports), M:module_info(attributes), M:module_info(module), lists:sort([K || {K, _} <- M:module_info(compile)]),
     erts_internal:beamfile_module_md5(compiled(hot_j, 7)) =:= M:module_info(md5),
     erts_internal:beamfile_chunk(compiled(hot_j, 7), "Nope"), is_binary(erts_internal:beamfile_chunk(compiled(hot_j, 7), "Code")),
     erts_internal:beamfile_chunk(<<"x">>, "Code"), [attempt(fun() -> erts_internal:beamfile_chunk(A, B) end) || {A, B} <- [{x, "Code"}, {<<>>, "C"}]]}.
