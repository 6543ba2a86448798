#!/usr/bin/env escript
%% Fills in the results of the tables of calls (see src/testing.rs) with those of the Erlang/OTP that runs this script.
%% Usage: escript evaluate.escript TABLE...
main(Files) ->
    io:setopts([{encoding, unicode}]),
    export_all(crypto),
    lists:foreach(fun file/1, Files).

%% Makes the functions callable that the module keeps to itself, as those of its native library.
export_all(Module) ->
    {ok, {_, [{abstract_code, {_, Forms}}]}} = beam_lib:chunks(code:which(Module), [abstract_code]),
    {ok, Module, Code} = compile:forms(Forms, [export_all, nowarn_export_all, binary]),
    code:unstick_mod(Module),
    {module, Module} = code:load_binary(Module, code:which(Module), Code),
    ok.

file(Name) ->
    {ok, Text} = file:read_file(Name),
    Lines = string:split(unicode:characters_to_list(Text), "\n", all),
    ok = file:write_file(Name, unicode:characters_to_binary(lists:join("\n", [line(L) || L <- Lines]))).

line("") -> "";
line("%" ++ _ = Comment) -> Comment;
line(Line) ->
    [Call | _] = string:split(Line, " => "),
    io_lib:format("~ts => ~ts", [Call, result(Call)]).

result(Call) ->
    {ok, Tokens, _} = erl_scan:string(Call ++ "."),
    {ok, Exprs} = erl_parse:parse_exprs(Tokens),
    try erl_eval:exprs(Exprs, []) of
        {value, Value, _} -> io_lib:format("~kw", [Value])
    catch
        Class:Reason -> io_lib:format("~w: ~kw", [Class, Reason])
    end.
