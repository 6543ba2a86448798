%% What zlib makes of data: the same bytes at every level, with every strategy, size of memory and way to flush.
-module(compression_cases).
-compile([nowarn_export_all, export_all]).
-include("cases.hrl").

cases() ->
    [{io_lib:format("level ~w of ~w", [Level, Name]), fun() -> digest(one(data(Name), {Level, 15, 8, default})) end} || Level <- lists:seq(0, 9), Name <- names()] ++
    [{io_lib:format("~w of ~w", [How, Name]), fun() -> digest(one(data(Name), How)) end} || How <- ways(), Name <- [letters, text, runs]] ++
    [{io_lib:format("~w of ~w", [How, Name]), fun() -> attempt(fun() -> digest(one(data(Name), How)) end) end} || How <- [{6, 8, 8, default}, {6, -8, 8, default}, {6, 16, 8, default}, {6, 15, 0, default}], Name <- [short]] ++
    [{io_lib:format("flush ~w of ~w at level ~w", [Flush, Name, Level]), fun() -> digest(pieces(data(Name), Level, Flush)) end} || Flush <- [none, sync, full], Level <- [0, 1, 6], Name <- [short, text, noise]] ++
    [{io_lib:format("changed to ~w and ~w", [Level, Strategy]), fun() -> attempt(fun() -> digest(changed(Level, Strategy)) end) end} || {Level, Strategy} <- [{0, default}, {1, default}, {9, filtered}, {6, huffman_only}, {6, rle}, {10, default}, {2, foo}]] ++
    [{io_lib:format("from level ~w to ~w and back", [From, To]), fun() -> digest(back(From, To)) end} || From <- [0, 1, 6], To <- [0, 1, 4]] ++
    [{io_lib:format("dictionary of ~w", [Name]), fun() -> digest(with_dictionary(data(Name), Bits)) end} || Name <- [short, text], Bits <- [15, -15, 9]] ++
    [{io_lib:format("term with ~w at ~w", [Name, Level]), fun() -> digest(term_to_binary({Name, data(Name), [data(short)]}, [{compressed, Level}])) end} || Name <- names(), Level <- [0, 1, 3, 4, 6, 9]] ++
    [{"sizes at which compression pays", fun() -> digest([term_to_binary(lists:seq(1, N), [compressed]) || N <- lists:seq(0, 40)]) end},
     ?C(zlib:compress(<<>>)), ?C(zlib:gzip("abc")), ?C(zlib:zip([<<"ab">>, $c, ["abcabc"]])), ?C(digest(zlib:gzip(text(30000)))), ?C(digest(zlib:zip(text(30000)))), ?C(digest(zlib:compress(text(30000)))),
     ?C(ended()), ?C(again())].

%% Data of different kinds. Some reach beyond the window of 32 KiB.
names() -> [empty, short, zeros, noise, letters, text, far, runs].

data(empty) -> <<>>;
data(short) -> <<"abcabcabcd">>;
data(zeros) -> <<0:(50000 * 8)>>;
data(noise) -> noise(40000);
data(letters) -> << <<(B band 3)>> || <<B>> <= noise(40000) >>;
data(text) -> text(70000);
data(far) -> <<(noise(6000))/binary, (text(28000))/binary, (noise(6000))/binary>>;
data(runs) -> << <<(binary:copy(<<(B band 7)>>, B + 50))/binary>> || <<B>> <= noise(300) >>.

noise(Bytes) ->
    noise(Bytes, erlang:md5("noise"), <<>>).

noise(Bytes, Sum, Noise) when byte_size(Noise) < Bytes -> noise(Bytes, erlang:md5(Sum), <<Noise/binary, Sum/binary>>);
noise(Bytes, _, Noise) -> binary:part(Noise, 0, Bytes).

text(Bytes) ->
    Words = list_to_tuple([list_to_binary([lists:duplicate(1 + I rem 7, $a + I rem 26), integer_to_list(I), $\s]) || I <- lists:seq(1, 256)]),
    << <<(element(B + 1, Words))/binary>> || <<B>> <= noise(Bytes div 7) >>.

ways() ->
    [{6, 9, 8, default}, {6, -9, 1, default}, {9, -15, 9, default}, {1, 31, 3, default}, {6, 31, 8, filtered}, {9, 15, 8, huffman_only}, {3, 15, 8, rle}, {0, 31, 1, default}, {4, 12, 4, filtered}, {default, 15, 8, default}].

one(Data, {Level, Bits, Memory, Strategy}) ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z, Level, deflated, Bits, Memory, Strategy),
    Out = zlib:deflate(Z, Data, finish),
    {Out, zlib:deflateEnd(Z), zlib:close(Z)}.

pieces(Data, Level, Flush) ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z, Level),
    Size = max(1, byte_size(Data) div 5),
    Out = [zlib:deflate(Z, binary:part(Data, At, min(Size, byte_size(Data) - At)), Flush) || At <- lists:seq(0, byte_size(Data) - 1, Size)],
    {Out, zlib:deflate(Z, [], finish), zlib:deflateEnd(Z)}.

changed(Level, Strategy) ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z, 6),
    First = zlib:deflate(Z, text(20000)),
    ok = zlib:deflateParams(Z, Level, Strategy),
    {First, zlib:deflate(Z, text(40000), finish), zlib:deflateEnd(Z)}.

back(From, To) ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z, From),
    Parts = [begin
                 Out = zlib:deflate(Z, Data),
                 ok = zlib:deflateParams(Z, Level, default),
                 Out
             end || {Data, Level} <- [{text(9000), To}, {text(45000), From}, {noise(3000), To}, {text(8000), From}]],
    {Parts, zlib:deflate(Z, text(12000), finish), zlib:deflateEnd(Z)}.

with_dictionary(Data, Bits) ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z, 6, deflated, Bits, 8, default),
    Checksum = zlib:deflateSetDictionary(Z, text(40000)),
    {Checksum, zlib:deflate(Z, [Data, text(500)], finish), attempt(fun() -> zlib:deflateSetDictionary(Z, "x") end), zlib:deflateEnd(Z)}.

%% References, which differ from run to run, are within the stack.
attempt(F) ->
    try
        F()
    catch
        Class:Reason:Stack ->
            [{M, N, A, Info} | _] = Stack,
            {Class, Reason, M, N, if is_list(A) -> length(A); true -> A end, Info}
    end.

%% What is still said of a stream that was written to its end, or was not.
ended() ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z),
    [attempt(fun() -> zlib:deflateEnd(Z) end), zlib:deflateInit(Z), zlib:deflate(Z, []), attempt(fun() -> zlib:deflateEnd(Z) end), zlib:deflateInit(Z), zlib:deflate(Z, "abc", finish), attempt(fun() -> zlib:deflate(Z, "d") end), attempt(fun() -> zlib:deflate(Z, "d", finish) end),
     attempt(fun() -> zlib:deflateParams(Z, 1, default) end), attempt(fun() -> zlib:deflateEnd(Z) end), attempt(fun() -> zlib:deflateEnd(Z) end)].

again() ->
    Z = zlib:open(),
    ok = zlib:deflateInit(Z, 4),
    First = zlib:deflate(Z, text(3000), finish),
    ok = zlib:deflateReset(Z),
    Second = zlib:deflate(Z, text(3000), finish),
    {iolist_to_binary(First) =:= iolist_to_binary(Second), byte_size(iolist_to_binary(First))}.

%% Long results are shown by their size and sum.
digest({Out, More}) -> {digest(Out), More};
digest({Out, More, Last}) -> {digest(Out), digest(More), Last};
digest({Checksum, Out, Wrong, Last}) -> {Checksum, digest(Out), Wrong, Last};
digest(Out) when is_list(Out); is_binary(Out) -> B = iolist_to_binary(Out), {byte_size(B), erlang:md5(B)};
digest(Out) -> Out.
