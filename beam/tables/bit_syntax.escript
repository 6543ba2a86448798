#!/usr/bin/env escript
%% Writes construct.txt and matching.txt: bit syntax with random segments, and what the Erlang/OTP that runs this script
%% makes of it. The functions are compiled, so that the instructions are those of the compiler.
%% Usage: escript bit_syntax.escript SEED COUNT
main([Seed, Count]) ->
    rand:seed(exsss, list_to_integer(Seed)),
    N = list_to_integer(Count),
    Constructions = [construction() || _ <- lists:seq(1, N)],
    Matches = [matching() || _ <- lists:seq(1, N)],
    write("construct.txt", "% {Type, Number, Unit, Flags, Value, Size} of each segment.", Constructions),
    write("matching.txt", "% {Type, Size, Unit, Flags} of each segment; what is left comes last.", Matches).

write(Name, Title, Cases) ->
    Sources = [io_lib:format("f~w(~ts) -> ~ts.~n", [I, lists:join(",", Params), Body])
               || {I, {_, Params, _, Body}} <- lists:enumerate(Cases)],
    Source = ["-module(m).\n-compile([export_all,nowarn_export_all]).\n", Sources],
    ok = file:write_file("m.erl", Source),
    {ok, m, Code} = compile:file("m.erl", [binary]),
    {module, m} = code:load_binary(m, "m.erl", Code),
    Rows = [io_lib:format("~w => ~ts~n", [Term, result(I, Args)]) || {I, {Term, _, Args, _}} <- lists:enumerate(Cases)],
    ok = file:write_file(Name, [Title, "\n", Rows]),
    file:delete("m.erl").

result(I, Args) ->
    try apply(m, list_to_atom("f" ++ integer_to_list(I)), Args) of
        Value -> io_lib:format("~w", [Value])
    catch
        error:Reason:Stack ->
            [{_, _, _, Info} | _] = Stack,
            #{cause := Cause} = proplists:get_value(error_info, Info),
            io_lib:format("error: ~w ~w", [Reason, Cause])
    end.

pick(List) -> lists:nth(rand:uniform(length(List)), List).
often(Percent, A, B) -> case rand:uniform(100) =< Percent of true -> A(); false -> B() end.

integer() ->
    Shift = pick([0, 3, 8, 16, 31, 59, 60, 61, 63, 64, 65, 100, 127, 128, 200]),
    pick([-1, 1]) * ((1 bsl Shift) + pick([-1, 0, 1, rand:uniform(1 bsl (Shift + 1))])).
one_float() -> pick([0.0, 1.5, -2.25, 1.0e300, 1.0e-310, 3.14159, 1.0e38, 65504.0, 1.0e-7, 3.0e-8, 0.1]).
bits() -> bits(rand:uniform(80)).
bits(Bytes) ->
    Whole = rand:bytes(Bytes),
    often(30, fun() -> <<_:3, Rest/bits>> = Whole, Rest end, fun() -> Whole end).
flags() -> pick([{"", 0}, {"-little", 2}, {"-signed", 4}, {"-little-signed", 6}, {"-big", 0}]).
one_size(Sizes) -> often(94, fun() -> pick(Sizes) end, fun() -> pick([-1, a, 1 bsl 70, -(1 bsl 70), 1.0]) end).

%% {Term, Source of the segment, Parameters}; the parameters are {Name, Value}.
segment(I) ->
    segment(pick([integer, integer, integer, binary, all, float, utf8, utf16, utf32]), I).
segment(Type, I) ->
    {Flags, Number} = flags(),
    V = io_lib:format("V~w", [I]),
    S = io_lib:format("S~w", [I]),
    Wrong = fun(Value) -> often(96, Value, fun() -> pick([a, 1.0, <<1:1>>, 5, [], -1]) end) end,
    case Type of
        integer ->
            Value = Wrong(fun integer/0),
            Size = one_size([0, 1, 3, 7, 8, 12, 16, 24, 31, 32, 48, 60, 64, 65, 72, 100, 128]),
            Unit = pick([1, 1, 1, 2, 8]),
            {{integer, I, Unit, Number, Value, Size}, [V, ":", S, "/integer-unit:", integer_to_list(Unit), Flags], [{V, Value}, {S, Size}]};
        binary ->
            Value = Wrong(fun bits/0),
            Size = one_size([0, 1, 2, 3, 5, 9, 20, 70]),
            Unit = pick([1, 3, 8]),
            {{binary, I, Unit, 0, Value, Size}, [V, ":", S, "/binary-unit:", integer_to_list(Unit)], [{V, Value}, {S, Size}]};
        all ->
            Value = Wrong(fun bits/0),
            Unit = pick([1, 1, 4, 8]),
            {{binary, I, Unit, 0, Value, all}, [V, "/binary-unit:", integer_to_list(Unit)], [{V, Value}]};
        float ->
            Value = Wrong(fun() -> often(80, fun one_float/0, fun integer/0) end),
            Size = one_size([16, 32, 64, 64]),
            {{float, I, 1, Number, Value, Size}, [V, ":", S, "/float", Flags], [{V, Value}, {S, Size}]};
        _ ->
            Value = Wrong(fun() -> pick([0, 97, 16#7f, 16#80, 16#7ff, 16#800, 16#d7ff, 16#d800, 16#dfff, 16#e000, 16#ffff, 16#10000, 16#10ffff, 16#110000]) end),
            {{Type, I, 1, Number, Value, undefined}, [V, "/", atom_to_list(Type), Flags], [{V, Value}]}
    end.

construction() ->
    Segments = [segment(I) || I <- lists:seq(1, rand:uniform(4))],
    {Params, Args} = lists:unzip(lists:append([P || {_, _, P} <- Segments])),
    {[T || {T, _, _} <- Segments], Params, Args, ["<<", lists:join(", ", [S || {_, S, _} <- Segments]), ">>"]}.

matching() ->
    Data = often(30, fun() -> unicode:characters_to_binary([pick([97, 16#e9, 16#20ac, 16#1f600]) || _ <- lists:seq(1, 6)],
                                                           utf8, pick([utf8, utf16, utf32, {utf16, little}])) end,
                 fun() -> bits() end),
    Patterns = [pattern(I) || I <- lists:seq(1, rand:uniform(5))],
    {Params, Args} = lists:unzip(lists:append([P || {_, _, P} <- Patterns])),
    Values = lists:join(",", [io_lib:format("V~w", [I]) || I <- lists:seq(1, length(Patterns))]),
    Body = io_lib:format("case B of <<~ts, R/bits>> -> [~ts, R]; _ -> nomatch end",
                         [lists:join(", ", [S || {_, S, _} <- Patterns]), Values]),
    {{Data, [T || {T, _, _} <- Patterns]}, ["B" | Params], [Data | Args], Body}.

pattern(I) ->
    {Flags, Number} = flags(),
    V = io_lib:format("V~w", [I]),
    %% Some sizes stand in the program, some come in a variable.
    {Name, Type, Size, Unit} =
        case pick([integer, integer, integer, integer, binary, float, utf8, utf16, utf32]) of
            integer -> {"integer", integer, pick([0, 1, 3, 7, 8, 12, 16, 24, 31, 32, 60, 64, 65, 72, 100, 200]), pick([1, 1, 1, 2])};
            binary -> {"binary", binary, pick([0, 1, 2, 5, 9]), pick([1, 3, 8, 8])};
            float -> {"float", float, pick([16, 32, 64]), 1};
            Utf -> {atom_to_list(Utf), Utf, undefined, 1}
        end,
    Options = ["/", Name, case Type of binary -> ""; _ -> Flags end],
    case rand:uniform(3) of
        _ when Size =:= undefined -> {{Type, Size, Unit, Number}, [V, Options], []};
        1 ->
            S = io_lib:format("S~w", [I]),
            Wild = often(92, fun() -> Size end, fun() -> pick([-1, a, 1 bsl 70]) end),
            {{Type, Wild, Unit, Number}, [V, ":", S, Options, "-unit:", integer_to_list(Unit)], [{S, Wild}]};
        _ -> {{Type, Size, Unit, Number}, [V, ":", integer_to_list(Size), Options, "-unit:", integer_to_list(Unit)], []}
    end.
