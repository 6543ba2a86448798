%% Runs Erlang files, and compiled modules, beside Elixir's: what `orrery exec` has the command line of Elixir evaluate.
-module(orrery_exec).
-export([load/1, run/1, project/0, recompile/1]).

%% Compiles and loads a file.
load(File) ->
    _ = loaded(File),
    ok.

%% The same, and calls main/1 with the arguments of the program, or main/0.
run(File) ->
    Module = loaded(File),
    case {erlang:function_exported(Module, main, 1), erlang:function_exported(Module, main, 0)} of
        {true, _} -> Module:main([unicode:characters_to_list(Argument) || Argument <- 'Elixir.System':argv()]);
        {_, true} -> Module:main();
        _ -> ok
    end.

%% Compiles lib/**/*.ex of the current directory into a folder from which the modules are loaded, as a build tool does: so
%% their documentation can be read, by doctests for instance.
project() ->
    Folder = <<"_build/test/ebin">>,
    ok = filelib:ensure_path(Folder),
    true = code:add_patha(binary_to_list(Folder)),
    Files = 'Elixir.Path':wildcard(<<"lib/**/*.ex">>),
    case 'Elixir.Kernel.ParallelCompiler':compile_to_path(Files, Folder, [{return_diagnostics, true}]) of
        {ok, _, _} -> ok;
        {error, _, _} -> erlang:halt(1)
    end.

%% Takes over files that have changed outside, {Path, Content}, and compiles those again that were compiled before.
recompile(Files) ->
    lists:foreach(fun({Path, Content}) ->
        ok = filelib:ensure_dir(Path),
        ok = file:write_file(Path, Content)
    end, Files),
    Paths = [Path || {Path, _} <- Files],
    Elixir = [Path || Path <- Paths, lists:member(Path, 'Elixir.Code':required_files())],
    Erlang = [Path || Path <- Paths, is_loaded_erlang(characters(Path))],
    lists:foreach(fun(Path) -> load(characters(Path)) end, Erlang),
    case {Elixir, Erlang} of
        {[], []} -> noop;
        {[], _} -> ok;
        _ -> recompile_elixir(Elixir)
    end.

characters(Path) -> unicode:characters_to_list(Path).

is_loaded_erlang(Path) ->
    filename:extension(Path) =:= ".erl" andalso erlang:module_loaded(list_to_atom(filename:basename(Path, ".erl"))).

recompile_elixir(Files) ->
    io:format("Compiling ~b ~ts (.ex)~n", [length(Files), case Files of [_] -> "file"; _ -> "files" end]),
    Redefines = 'Elixir.Code':get_compiler_option(ignore_module_conflict),
    'Elixir.Code':put_compiler_option(ignore_module_conflict, true),
    try 'Elixir.Kernel.ParallelCompiler':compile(Files, [{return_diagnostics, true}]) of
        {ok, _, _} -> ok;
        {error, _, _} -> error
    after
        'Elixir.Code':put_compiler_option(ignore_module_conflict, Redefines)
    end.

loaded(File) ->
    {Module, Binary} =
        case filename:extension(File) of
            ".beam" -> compiled(File);
            _ -> compile(File)
        end,
    case code:load_binary(Module, File, Binary) of
        {module, Module} -> Module;
        {error, Reason} -> stop("~ts: cannot be loaded: ~tp~n", [File, Reason])
    end.

compiled(File) ->
    {ok, Binary} = file:read_file(File),
    case beam_lib:info(Binary) of
        Info when is_list(Info) -> {proplists:get_value(module, Info), Binary};
        _ -> stop("~ts: is no compiled module~n", [File])
    end.

%% Errors and warnings are shown as `erlc` shows them.
compile(File) ->
    case compile:file(File, [binary, debug_info, report]) of
        {ok, Module, Binary} -> {Module, Binary};
        error -> erlang:halt(1)
    end.

stop(Format, Arguments) ->
    io:format(standard_error, Format, Arguments),
    erlang:halt(1).
