%% Runs cases and shows their results as text.
-module(conformance_runner).
-export([all/1, count/1, name/2, one/2]).

%% Runs all cases of modules, each case in a process of its own, and writes the results to a file; beside it what code that
%% runs before the first process has set.
all([File | Modules]) ->
    {ok, _} = application:ensure_all_started(elixir),
    Results = [result(list_to_atom(M), I) || M <- Modules, I <- lists:seq(1, length(cases(list_to_atom(M))))],
    ok = file:write_file(File, Results),
    Set = [{Key, Value} || {{erl_features, _} = Key, Value} <- persistent_term:get()],
    %% Where all code is loaded, no code server is asked.
    ok = file:write_file(File ++ ".persistent", term_to_binary([{code_server, embedded} | Set])),
    erlang:halt(0).

result(Module, Number) ->
    {Pid, Monitor} = spawn_monitor(fun() -> exit({text, one(Module, Number)}) end),
    receive
        {'DOWN', Monitor, process, Pid, {text, Text}} -> [Text, 16#1e];
        {'DOWN', Monitor, process, Pid, Reason} -> error({died, Module, Number, Reason})
    after 60000 ->
        error({does_not_end, Module, name(Module, Number)})
    end.

count(Module) ->
    integer_to_binary(length(cases(Module))).

%% The cases that hold for this release: `{Release, Name, Function}` is from that one on.
cases(Module) -> lists:filtermap(fun holds/1, Module:cases()).

holds({Release, Name, Function}) -> release() >= Release andalso {true, {Name, Function}};
holds(_) -> true.

name(Module, Number) ->
    {Name, _} = lists:nth(Number, cases(Module)),
    unicode:characters_to_binary(to_text(Name)).

one(Module, Number) ->
    {Name, Function} = lists:nth(Number, cases(Module)),
    Shown = show(Module, run(Function)),
    unicode:characters_to_binary([atom_to_list(Module), 16#1f, to_text(Name), 16#1f, Shown]).

to_text(Name) when is_binary(Name) -> Name;
to_text(Name) -> io_lib:format("~ts", [Name]).

run(Function) ->
    try Function() of
        Value -> {value, Value}
    catch
        Class:Reason:Stack ->
            {Class, Reason, lists:takewhile(fun(Item) -> element(1, Item) =/= ?MODULE end, Stack)}
    end.

show(Module, Result) ->
    case atom_to_list(Module) of
        "Elixir." ++ _ -> elixir(Result);
        _ -> erlang(Result)
    end.

erlang({value, Value}) -> term(Value);
erlang({Class, Reason, Stack}) -> io_lib:format("** ~w: ~ts~n~ts", [Class, term(Reason), term(Stack)]).

%% The order of a map's keys may depend on the numbers that atoms happen to have. Erlang/OTP 25 cannot show them sorted.
term(Value) ->
    case release() >= 26 of
        true -> io_lib:format("~tkp", [Value]);
        false -> io_lib:format("~tp", [without_maps(Value)])
    end.

without_maps(Map) when map_size(Map) > 1 -> {'#', lists:sort(without_maps(maps:to_list(Map)))};
without_maps(Map) when is_map(Map) -> maps:map(fun(_, Value) -> without_maps(Value) end, Map);
without_maps([Head | Tail]) -> [without_maps(Head) | without_maps(Tail)];
without_maps(Tuple) when is_tuple(Tuple) -> list_to_tuple(without_maps(tuple_to_list(Tuple)));
without_maps(Value) -> Value.

without_plain_maps(#{'__struct__' := _} = Struct) -> Struct;
without_plain_maps(Map) when map_size(Map) > 1 -> {'#', lists:sort(without_plain_maps(maps:to_list(Map)))};
without_plain_maps([Head | Tail]) -> [without_plain_maps(Head) | without_plain_maps(Tail)];
without_plain_maps(Tuple) when is_tuple(Tuple) -> list_to_tuple(without_plain_maps(tuple_to_list(Tuple)));
without_plain_maps(Value) -> Value.

elixir({value, Value}) -> inspect(Value);
elixir({Class, Reason, Stack}) ->
    Banner = 'Elixir.Exception':format_banner(Class, Reason, Stack),
    [Banner, "\n", term(Stack)].

inspect(Value) ->
    case release() >= 26 of
        true -> inspect(Value, [{custom_options, [{sort_maps, true}]}]);
        false -> inspect(without_plain_maps(Value), [])
    end.

inspect(Value, Options) ->
    'Elixir.Kernel':inspect(Value, [{limit, infinity}, {printable_limit, infinity} | Options]).

release() -> list_to_integer(erlang:system_info(otp_release)).
