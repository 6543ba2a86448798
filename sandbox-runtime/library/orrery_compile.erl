%% Compiles the files of a program with the compilers of Erlang and Elixir. What came of it is the reason with which the process
%% that does it ends: `{compiled, Modules, Consolidated, References, Diagnostics}`.
-module(orrery_compile).
-export([run/4]).

%% The files by their kind, as paths from the current directory, and where compiled modules lie: those that need not be
%% compiled again are there already.
run(Kinds, Ebin, Folders, IsConsolidated) ->
    ok = filelib:ensure_path(binary_to_list(Ebin)),
    true = code:add_patha(binary_to_list(Ebin)),
    put(modules, []),
    put(references, []),
    put(diagnostics, []),
    erlang_files(maps:get(erlang, Kinds), Ebin, Folders),
    elixir_files(maps:get(elixir, Kinds), Ebin),
    lists:foreach(fun script/1, maps:get(scripts, Kinds)),
    Diagnostics = lists:reverse(get(diagnostics)),
    HasFailed = lists:any(fun({_, _, _, Severity, _}) -> Severity =:= error end, Diagnostics),
    Consolidated = case IsConsolidated andalso not HasFailed of
        true -> consolidated(binary_to_list(Ebin));
        false -> []
    end,
    exit({compiled, lists:reverse(get(modules)), Consolidated, lists:reverse(get(references)), Diagnostics}).

add(What, Item) -> put(What, [Item | get(What)]).

%% Elixir

elixir_files([], _) -> ok;
elixir_files(Files, Ebin) ->
    Options = [
        {return_diagnostics, true},
        {each_file, fun(File, Lexical) ->
            {Compile, Exports, Runtime, _} = 'Elixir.Kernel.LexicalTracker':references(Lexical),
            add(references, {File, Compile, Exports, Runtime})
        end},
        {each_module, fun(File, Module, Binary) -> add(modules, {File, Module, Binary}) end}
    ],
    case 'Elixir.Kernel.ParallelCompiler':compile_to_path(Files, Ebin, Options) of
        {ok, _, Warnings} -> elixir_warnings(Warnings);
        {error, Errors, Warnings} ->
            elixir_warnings(Warnings),
            lists:foreach(fun(Error) -> elixir_diagnostic(error, Error) end, Errors)
    end.

elixir_warnings(#{compile_warnings := Compile, runtime_warnings := Runtime}) -> elixir_warnings(Compile ++ Runtime);
elixir_warnings(Warnings) -> lists:foreach(fun(Warning) -> elixir_diagnostic(warning, Warning) end, Warnings).

%% Before Elixir 1.15 they were tuples.
elixir_diagnostic(Severity, {File, Position, Message}) ->
    add(diagnostics, {File, Position, nil, Severity, text(Message)});
elixir_diagnostic(_, #{file := File, position := Position, severity := Severity, message := Message} = Diagnostic) ->
    add(diagnostics, {File, Position, maps:get(span, Diagnostic, nil), Severity, text(Message)}).

%% Scripts are run and not compiled: here it is only seen whether they can be read.
script(File) ->
    {ok, Text} = file:read_file(File),
    try 'Elixir.Code':'string_to_quoted!'(Text, [{file, File}, {columns, true}, {emit_warnings, false}]) of
        _ -> ok
    catch
        error:#{'__exception__' := true} = Exception ->
            Position = case Exception of
                #{line := Line, column := Column} when is_integer(Column) -> {Line, Column};
                #{line := Line} -> Line;
                _ -> nil
            end,
            add(diagnostics, {File, Position, nil, error, 'Elixir.Exception':message(Exception)})
    end.

%% The protocols of the program with all their implementations built in, as a build tool does it when all is compiled.
consolidated(Ebin) ->
    Protocols = 'Elixir.Protocol':extract_protocols([Ebin]),
    lists:flatmap(fun(Protocol) ->
        case 'Elixir.Protocol':consolidate(Protocol, 'Elixir.Protocol':extract_impls(Protocol, [Ebin])) of
            {ok, Binary} -> [{Protocol, Binary}];
            {error, _} -> []
        end
    end, lists:sort(Protocols)).

%% Erlang

%% What others need at compile time, parse transforms and behaviours, comes first.
erlang_files(Files, Ebin, Folders) ->
    Options = [binary, return, debug_info | [{i, binary_to_list(Folder)} || Folder <- Folders]],
    Needs = [needs(File, Folders) || File <- Files],
    lists:foreach(fun(File) -> erlang_file(File, Options, Ebin) end, ordered(Needs, [])).

%% The module that a file makes, and those that it needs to be compiled.
needs(File, Folders) ->
    Name = unicode:characters_to_list(File),
    Forms = case epp:parse_file(Name, [{includes, [binary_to_list(Folder) || Folder <- Folders]}]) of
        {ok, Read} -> Read;
        {error, _} -> []
    end,
    Needs = lists:flatmap(fun need/1, Forms),
    add(references, {File, lists:usort(Needs), [], []}),
    {list_to_atom(filename:rootname(filename:basename(Name))), File, Needs}.

need({attribute, _, behaviour, Module}) when is_atom(Module) -> [Module];
need({attribute, _, behavior, Module}) when is_atom(Module) -> [Module];
need({attribute, _, compile, Options}) when is_list(Options) -> [Module || {parse_transform, Module} <- Options];
need({attribute, _, compile, {parse_transform, Module}}) -> [Module];
need(_) -> [].

%% Files in an order in which each comes after those that it needs; those that need each other as they come.
ordered([], Done) -> lists:reverse(Done);
ordered(Left, Done) ->
    Names = [Module || {Module, _, _} <- Left],
    IsReady = fun({Module, _, Needs}) -> lists:all(fun(Need) -> Need =:= Module orelse not lists:member(Need, Names) end, Needs) end,
    case lists:partition(IsReady, Left) of
        {[], [{_, File, _} | Rest]} -> ordered(Rest, [File | Done]);
        {Ready, Rest} -> ordered(Rest, lists:reverse([File || {_, File, _} <- Ready], Done))
    end.

erlang_file(File, Options, Ebin) ->
    case compile:file(unicode:characters_to_list(File), Options) of
        {ok, Module, Binary, Warnings} ->
            erlang_diagnostics(warning, Warnings),
            add(modules, {File, Module, Binary}),
            ok = file:write_file(filename:join(Ebin, [atom_to_list(Module), ".beam"]), Binary),
            case code:load_binary(Module, unicode:characters_to_list(File), Binary) of
                {module, Module} -> ok;
                {error, Reason} ->
                    Text = io_lib:format("module ~tp cannot be loaded: ~tp", [Module, Reason]),
                    add(diagnostics, {File, nil, nil, error, text(Text)})
            end;
        {error, Errors, Warnings} ->
            erlang_diagnostics(warning, Warnings),
            erlang_diagnostics(error, Errors)
    end.

erlang_diagnostics(Severity, Files) ->
    [add(diagnostics, erlang_diagnostic(Severity, unicode:characters_to_binary(File), Info))
     || {File, Infos} <- Files, Info <- Infos].

erlang_diagnostic(Severity, File, {none, Module, Description}) -> erlang_diagnostic(Severity, File, {Module, Description});
erlang_diagnostic(Severity, File, {Position, Module, Description}) ->
    {File, Position, nil, Severity, text(Module:format_error(Description))};
erlang_diagnostic(Severity, File, {Module, Description}) ->
    {File, nil, nil, Severity, text(Module:format_error(Description))}.

text(Characters) ->
    case unicode:characters_to_binary(Characters) of
        Text when is_binary(Text) -> Text;
        _ -> unicode:characters_to_binary(io_lib:format("~tp", [Characters]))
    end.
