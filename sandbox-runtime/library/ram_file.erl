%% Files that are made of a binary (`ram` of file:open/2), in place of OTP's own, whose bytes a driver of the runtime system
%% keeps. Here a process keeps them, for as long as the one lives that opened the file.
-module(ram_file).
-export([open/2, close/1, read/2, write/2, pread/2, pread/3, pwrite/2, pwrite/3, position/2, truncate/1, sync/1, datasync/1,
         copy/3, get_size/1, get_file/1, advise/4, allocate/3, ipread_s32bu_p32bu/3]).

-record(file_descriptor, {module, data}).
-record(state, {content, at = 0, can_read, can_write, as}).

%% Positions and sizes that fit.
-define(FITS(N), (is_integer(N) andalso N >= -16#80000000 andalso N < 16#80000000)).

open(Data, Modes) when is_list(Modes) ->
    try {lists:all(fun(Mode) -> lists:member(Mode, [ram, read, write, binary]) end, Modes), iolist_to_binary(Data)} of
        {true, Content} ->
            Has = fun(Mode) -> lists:member(Mode, Modes) end,
            As = case Has(binary) of true -> binary; false -> list end,
            State = #state{content = Content, can_read = Has(read) orelse not Has(write), can_write = Has(write), as = As},
            Owner = self(),
            {ok, #file_descriptor{module = ?MODULE, data = spawn(fun() -> serve(monitor(process, Owner), State) end)}};
        {false, _} ->
            {error, badarg}
    catch
        error:Reason -> {error, Reason}
    end.

close(File) ->
    _ = call(File, close),
    ok.

read(File, Size) when ?FITS(Size), Size >= 0 -> call(File, {read, Size});
read(_, Size) when is_integer(Size), Size >= 0 -> {error, einval}.

write(File, Bytes) ->
    with_bytes(Bytes, fun(Content) -> call(File, {write, Content}) end).

pread(File, Parts) when is_list(Parts) ->
    pread_parts(File, Parts, []).

pread_parts(_, [], Read) -> {ok, lists:reverse(Read)};
pread_parts(File, [{At, Size} | Rest], Read) when is_integer(At), is_integer(Size), Size >= 0 ->
    case pread(File, At, Size) of
        {ok, Data} -> pread_parts(File, Rest, [Data | Read]);
        eof -> pread_parts(File, Rest, [eof | Read]);
        Error -> Error
    end;
pread_parts(_, _, _) -> {error, badarg}.

pread(File, At, Size) when ?FITS(At), ?FITS(Size), Size >= 0 -> call(File, {pread, At, Size});
pread(_, At, Size) when is_integer(At), is_integer(Size), Size >= 0 -> {error, einval};
pread(_, _, _) -> {error, badarg}.

%% Nothing is written where a part is malformed.
pwrite(File, Parts) when is_list(Parts) ->
    try lists:map(fun({At, Bytes}) when is_integer(At) -> {At, iolist_to_binary(Bytes)} end, Parts) of
        Contents -> pwrite_parts(File, Contents, 0)
    catch
        error:_ -> {error, badarg}
    end.

pwrite_parts(_, [], _) -> ok;
pwrite_parts(File, [{At, Content} | Rest], Done) ->
    case pwrite(File, At, Content) of
        ok -> pwrite_parts(File, Rest, Done + 1);
        {error, Reason} -> {error, {Done, Reason}}
    end.

pwrite(File, At, Bytes) when ?FITS(At) ->
    with_bytes(Bytes, fun(Content) -> call(File, {pwrite, At, Content}) end);
pwrite(_, At, _) when is_integer(At) -> {error, einval};
pwrite(_, _, _) -> {error, badarg}.

position(File, At) ->
    case from(At) of
        {Whence, Offset} when ?FITS(Offset) -> call(File, {position, Whence, Offset});
        {_, Offset} when is_integer(Offset) -> {error, einval};
        _ -> {error, badarg}
    end.

from(At) when At =:= bof; At =:= cur; At =:= eof -> {At, 0};
from({Whence, Offset}) when Whence =:= bof; Whence =:= cur; Whence =:= eof -> {Whence, Offset};
from(Offset) -> {bof, Offset}.

truncate(File) -> call(File, truncate).
sync(File) -> call(File, sync).
datasync(File) -> call(File, sync).
copy(#file_descriptor{module = ?MODULE} = From, #file_descriptor{module = ?MODULE} = To, Length) -> file:copy_opened(From, To, Length).
get_size(File) -> call(File, size).
get_file(File) -> call(File, get).
allocate(File, _Offset, _Length) -> call(File, allocate).
ipread_s32bu_p32bu(File, At, Most) -> file:ipread_s32bu_p32bu_int(File, At, Most).

advise(File, _Offset, _Length, Advice) ->
    case lists:member(Advice, [normal, random, sequential, will_need, dont_need, no_reuse]) of
        true -> call(File, advise);
        false -> {error, einval}
    end.

with_bytes(Bytes, Do) ->
    try iolist_to_binary(Bytes) of
        Content -> Do(Content)
    catch
        error:Reason -> {error, Reason}
    end.

call(#file_descriptor{module = ?MODULE, data = Pid}, Request) ->
    Ref = monitor(process, Pid, [{alias, reply_demonitor}]),
    Pid ! {Ref, Request},
    receive
        {Ref, Reply} -> Reply;
        {'DOWN', Ref, process, Pid, _} -> {error, einval}
    end;
call(#file_descriptor{}, _) ->
    {error, enotsup}.

serve(Owner, State) ->
    receive
        {Ref, close} -> Ref ! {Ref, ok};
        {Ref, Request} ->
            {Reply, Next} = answer(Request, State),
            Ref ! {Ref, Reply},
            serve(Owner, Next);
        {'DOWN', Owner, process, _, _} -> ok
    end.

answer({pread, At, _}, State) when At < 0 -> {{error, einval}, State};
answer({read, _}, #state{can_read = false} = State) -> {{error, ebadf}, State};
answer({pread, _, _}, #state{can_read = false} = State) -> {{error, ebadf}, State};
answer({write, _}, #state{can_write = false} = State) -> {{error, ebadf}, State};
answer({pwrite, _, _}, #state{can_write = false} = State) -> {{error, ebadf}, State};
answer(truncate, #state{can_write = false} = State) -> {{error, eacces}, State};
answer({read, Size}, #state{at = At} = State) ->
    Data = part(State, At, Size),
    {shown(Data, Size, State), State#state{at = At + byte_size(Data)}};
answer({pread, At, Size}, State) -> {shown(part(State, At, Size), Size, State), State};
answer({write, Bytes}, #state{at = At} = State) -> {ok, put(State#state{at = At + byte_size(Bytes)}, At, Bytes)};
answer({pwrite, At, _}, State) when At < 0 -> {{error, einval}, State};
answer({pwrite, At, Bytes}, State) -> {ok, put(State, At, Bytes)};
answer({position, Whence, Offset}, #state{content = Content, at = At} = State) ->
    case Offset + case Whence of bof -> 0; cur -> At; eof -> byte_size(Content) end of
        Before when Before < 0 -> {{error, einval}, State};
        New -> {{ok, New}, State#state{at = New}}
    end;
answer(truncate, #state{at = At} = State) -> {ok, cut(put(State, At, <<>>))};
answer(size, #state{content = Content} = State) -> {{ok, byte_size(Content)}, State};
answer(get, #state{content = Content} = State) -> {shown(Content, 0, State), State};
answer(_, State) -> {ok, State}.

part(#state{content = Content}, At, Size) ->
    case byte_size(Content) - At of
        Left when Left > 0 -> binary:part(Content, At, min(Left, Size));
        _ -> <<>>
    end.

shown(<<>>, Size, _) when Size > 0 -> eof;
shown(Data, _, #state{as = binary}) -> {ok, Data};
shown(Data, _, #state{as = list}) -> {ok, binary_to_list(Data)}.

%% What lies between the end and the place is zeros.
put(#state{content = Content} = State, At, Bytes) ->
    Gap = max(0, At - byte_size(Content)),
    Filled = <<Content/binary, 0:(Gap * 8)>>,
    <<Before:At/binary, Behind/binary>> = Filled,
    Size = min(byte_size(Bytes), byte_size(Behind)),
    <<_:Size/binary, After/binary>> = Behind,
    State#state{content = <<Before/binary, Bytes/binary, After/binary>>}.

cut(#state{content = Content, at = At} = State) -> State#state{content = binary:part(Content, 0, At)}.
