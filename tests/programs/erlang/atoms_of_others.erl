%% Atoms belong to all processes: what one has made, another finds.
-module(atoms_of_others).
-export([main/0]).

main() ->
    Before = erlang:system_info(atom_count),
    show(before, attempt(fun() -> list_to_existing_atom(name(plain, 1)) end)),
    in_another(fun() -> list_to_atom(name(plain, 1)) end),
    show(list, attempt(fun() -> list_to_existing_atom(name(plain, 1)) end)),
    in_another(fun() -> binary_to_term(<<131, 119, 8, "external">>) end),
    in_another(fun() -> binary_to_atom(list_to_binary(name(binary, 2)), utf8) end),
    show(binary, attempt(fun() -> binary_to_existing_atom(list_to_binary(name(binary, 2)), utf8) end)),
    %% The atom comes within a term, and is decoded safely where nobody sent it.
    Name = list_to_binary(name(safe, 3)),
    Encoded = <<131, 104, 2, 97, 1, 119, (byte_size(Name)), Name/binary>>,
    show(unsafe, attempt(fun() -> binary_to_term(Encoded, [safe]) end)),
    in_another(fun() -> binary_to_term(Encoded) end),
    show(safe, attempt(fun() -> binary_to_term(Encoded, [safe]) end)),
    show(used, attempt(fun() -> binary_to_term(<<Encoded/binary, 1, 2, 3>>, [safe, used]) end)),
    %% Atoms of code that another process has loaded.
    show(code, attempt(fun() -> list_to_existing_atom(hidden()) end)),
    in_another(fun() -> load() end),
    show(code, attempt(fun() -> list_to_existing_atom(hidden()) end)),
    %% Making the same atom in ten processes makes one.
    Many = erlang:system_info(atom_count),
    [in_another(fun() -> list_to_atom(name(same, 4)) end) || _ <- lists:seq(1, 10)],
    show(once, erlang:system_info(atom_count) - Many),
    [in_another(fun() -> list_to_atom(name(each, N)) end) || N <- lists:seq(1, 10)],
    show(each, erlang:system_info(atom_count) - Many),
    show(more, erlang:system_info(atom_count) > Before).

%% A name that stands nowhere in the code.
name(Kind, N) -> lists:flatten(io_lib:format("name_~s_~w", [Kind, N * 7919])).

hidden() -> lists:append(["only_", "in_", "code"]).

load() ->
    Forms = [{attribute, 1, module, held}, {attribute, 1, export, [{f, 0}]},
             {function, 1, f, 0, [{clause, 1, [], [], [{call, 1, {atom, 1, list_to_atom(hidden())}, []}]}]},
             {function, 1, list_to_atom(hidden()), 0, [{clause, 1, [], [], [{integer, 1, 1}]}]}],
    {ok, Module, Binary} = compile:forms(Forms, []),
    {module, Module} = code:load_binary(Module, "held.erl", Binary).

in_another(F) ->
    {Pid, Ref} = spawn_monitor(fun() -> F() end),
    receive {'DOWN', Ref, process, Pid, normal} -> ok end.

attempt(F) -> try {ok, F()} catch Class:Reason -> {Class, Reason} end.

show(What, Value) -> io:format("~p: ~p~n", [What, Value]).
