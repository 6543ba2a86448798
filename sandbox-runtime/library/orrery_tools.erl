%% What an editor asks of a sandbox that runs no program: to format a file, and what modules offer. The answer is the reason
%% with which the process ends that gives it.
-module(orrery_tools).
-export([format/3, modules/0, describe/2]).

%% Characters of a line of documentation.
-define(CHARACTERS, 160).

%% What `.formatter.exs` may say of a single file.
-define(SETTINGS, [line_length, locals_without_parens, force_do_end_blocks, migrate, normalize_bitstring_modifiers,
                   normalize_charlists_as_sigils]).

%% Formats Elixir with its own formatter: `{formatted, Text}`, or `{refused, File, Position, Message}`.
format(File, Text, Settings) ->
    Options = settings(Settings),
    try 'Elixir.Code':'format_string!'(Text, [{file, File} | Options]) of
        [] -> exit({formatted, <<>>});
        Formatted -> exit({formatted, iolist_to_binary([Formatted, $\n])})
    catch
        error:#{'__exception__' := true} = Exception -> refuse(File, Exception)
    end.

settings(nil) -> [];
settings(Text) ->
    File = <<".formatter.exs">>,
    try 'Elixir.Code':eval_string(Text, [], [{file, File}]) of
        {Options, _} when is_list(Options) -> [Option || {Key, _} = Option <- Options, lists:member(Key, ?SETTINGS)];
        _ -> []
    catch
        error:#{'__exception__' := true} = Exception -> refuse(File, Exception)
    end.

refuse(File, Exception) ->
    Position = case Exception of
        %% Where the wrong one is, rather than the one that it should have closed.
        #{'__struct__' := 'Elixir.MismatchedDelimiterError', end_line := Line, end_column := Column} -> {Line, Column};
        #{line := Line, column := Column} when is_integer(Line), is_integer(Column) -> {Line, Column};
        #{line := Line} when is_integer(Line) -> Line;
        _ -> nil
    end,
    Message = case Exception of
        #{description := Description} when is_binary(Description) -> Description;
        _ -> 'Elixir.Exception':message(Exception)
    end,
    exit({refused, File, Position, Message}).

%% The names of all modules that can be called: `{modules, Names}`.
modules() ->
    exit({modules, lists:usort([unicode:characters_to_binary(Name) || {Name, _, _} <- code:all_available()])}).

%% What modules offer, those of the library by their names and others by name and code: `{described, Modules}`.
describe(Names, Codes) ->
    _ = [code:load_binary(Module, atom_to_list(Module), Code) || {Module, Code} <- Codes],
    Named = [describe_one(Name, documentation(Name)) || Name <- Names],
    exit({described, Named ++ [describe_one(Module, documentation_in(Code)) || {Module, Code} <- Codes]}).

describe_one(Module, {About, Documented}) ->
    Exports = case code:ensure_loaded(Module) of
        {module, Module} -> exports(Module);
        {error, _} -> []
    end,
    ForPeople = [Export || Export <- Exports, is_for_people(Export, Documented)],
    {Module, line(About), [offered(Export, Documented) || Export <- ForPeople]}.

exports(Module) ->
    Functions = case erlang:function_exported(Module, '__info__', 1) of
        true ->
            [{macro, Name, Arity} || {Name, Arity} <- Module:'__info__'(macros)] ++
                [{function, Name, Arity} || {Name, Arity} <- Module:'__info__'(functions)];
        false ->
            [{function, Name, Arity} || {Name, Arity} <- Module:module_info(exports), Name =/= module_info]
    end,
    lists:usort(Functions).

%% Functions whose names begin so are called by compilers.
is_for_people({_, Name, _} = Export, Documented) ->
    case {atom_to_list(Name), Documented} of
        {[$_, $_ | _], _} -> false;
        {[$- | _], _} -> false;
        {_, #{Export := {_, hidden}}} -> false;
        _ -> true
    end.

offered({Kind, Name, Arity} = Export, Documented) ->
    {Signature, Doc} = maps:get(Export, Documented, {nil, none}),
    {Kind, atom_to_binary(Name), Arity, Signature, line(Doc)}.

documentation(Module) -> documented('Elixir.Code':fetch_docs(Module)).

documentation_in(Code) ->
    case beam_lib:chunks(Code, ["Docs"], [allow_missing_chunks]) of
        {ok, {_, [{"Docs", Chunk}]}} when is_binary(Chunk) -> documented(binary_to_term(Chunk));
        _ -> documented(none)
    end.

%% EEP 48.
documented({docs_v1, _, _, _, About, _, Docs}) ->
    {About, maps:from_list([{Export, {signature(Signature), Doc}} || {Export, _, Signature, Doc, _} <- Docs])};
documented(_) ->
    {none, #{}}.

signature([Signature | _]) when is_binary(Signature) -> Signature;
signature(_) -> nil.

%% The first line of what is said in English.
line(#{<<"en">> := Text}) when is_binary(Text) ->
    case [Line || Line <- string:split(Text, "\n", all), string:trim(Line) =/= <<>>] of
        [First | _] -> string:slice(string:trim(First), 0, ?CHARACTERS);
        [] -> nil
    end;
line(_) -> nil.
