%% The io server `user`: the console of a sandbox. It speaks the whole of Erlang's I/O protocol over functions of the
%% host. Started by kernel's `user_sup` because of the flag `-user orrery_user`.
%%
%% Whoever reads waits in a queue; what is written meanwhile is written at once. Input is asked for only when somebody
%% reads, so that a program that does not read leaves it to others.
%%
%% A session with IEx has a server of its own, which is its group leader; what it prints and asks for bears its pid.
-module(orrery_user).
-export([start/0, session/1, expand/1]).

-record(state, {
    %% What came and nobody has read yet, in pieces of at most a line.
    input = [] :: [string()],
    is_ended = false :: boolean(),
    %% Bytes that are the beginning of a character.
    partial = <<>> :: binary(),
    is_asked = false :: boolean(),
    readers = queue:new() :: queue:queue(),
    is_binary = false :: boolean(),
    encoding = unicode :: unicode | latin1,
    echo = true :: boolean(),
    expand_fun = fun ?MODULE:expand/1,
    log = none
}).

%% A process that waits for input: the function of io_lib that takes it, and how far that one is.
-record(reader, {from, reply_as, encoding, function, argument, progress = start}).

start() ->
    Server = spawn(fun() ->
        process_flag(trap_exit, true),
        orrery_io:open_console(),
        loop(#state{})
    end),
    group_leader(Server, Server),
    register(user, Server),
    Server.

%% Is the io server of a session with IEx, which ends with it. Input comes as to the console.
session(Options) ->
    process_flag(trap_exit, true),
    group_leader(self(), self()),
    {ok, _} = application:ensure_all_started(iex),
    {_, Monitor} = spawn_monitor(fun() -> 'Elixir.IEx.Server':run(Options) end),
    put(session, Monitor),
    loop(#state{is_binary = true}).

%% What there is to complete without a terminal: nothing.
expand(_) -> {no, "", []}.

loop(State) ->
    receive
        {io_request, From, ReplyAs, Request} when is_pid(From) ->
            loop(handle(Request, From, ReplyAs, State));
        %% Nobody sees what is printed any more: whoever prints learns that the device has terminated.
        {console, closed} ->
            ok;
        {console, Data} ->
            loop(serve(input(Data, State#state{is_asked = false})));
        {'DOWN', Monitor, process, _, Reason} ->
            get(session) =:= Monitor andalso exit(Reason),
            loop(State);
        _ ->
            loop(State)
    end.

handle(Request, From, ReplyAs, State) ->
    case request(Request, State) of
        {reply, Reply, Next} ->
            orrery_io:reply(From, ReplyAs, Reply),
            Next;
        {read, Prompt, Encoding, Function, Argument} ->
            prompt(Prompt),
            Reader = #reader{from = From, reply_as = ReplyAs, encoding = Encoding, function = Function, argument = Argument},
            serve(State#state{readers = queue:in(Reader, State#state.readers)})
    end.

request(Request, State) ->
    case orrery_io:write(stdout, Request, function) of
        other -> control(Request, State);
        Reply -> {reply, Reply, State}
    end.

control({get_chars, Encoding, Prompt, N}, _) -> {read, Prompt, Encoding, collect_chars, N};
control({get_line, Encoding, Prompt}, _) -> {read, Prompt, Encoding, collect_line, []};
control({get_until, Encoding, Prompt, M, F, As}, _) -> {read, Prompt, Encoding, get_until, {M, F, As}};
control({get_password, _}, State) -> {reply, {error, enotsup}, State};
control({setopts, Options}, State) when is_list(Options) -> set(Options, State);
control(getopts, State) -> {reply, options(State), State};
control({get_geometry, What}, State) when What =:= columns; What =:= rows -> {reply, {error, enotsup}, State};
control({requests, Requests}, State) -> requests(Requests, ok, State);
%% Before R13, without an encoding.
control({get_chars, Prompt, N}, State) -> control({get_chars, latin1, Prompt, N}, State);
control({get_line, Prompt}, State) -> control({get_line, latin1, Prompt}, State);
control({get_until, Prompt, M, F, As}, State) -> control({get_until, latin1, Prompt, M, F, As}, State);
control(get_password, State) -> control({get_password, latin1}, State);
control(_, State) -> {reply, {error, request}, State}.

%% Several requests, of which only the last one may read; the first that fails ends them.
requests([Request | Rest], ok, State) ->
    case request(Request, State) of
        {reply, Reply, Next} -> requests(Rest, Reply, Next);
        Read when Rest =:= [] -> Read;
        _ -> {reply, {error, request}, State}
    end;
requests(_, Reply, State) ->
    {reply, Reply, State}.

prompt(Prompt) ->
    orrery_io:write(stdout, {put_chars, unicode, io_lib:format_prompt(Prompt, unicode)}, put_chars).

%% Options

set(Options, State) ->
    Expanded = [case Option of
                    latin1 -> {encoding, latin1};
                    unicode -> {encoding, unicode};
                    Other -> Other
                end || Option <- Options],
    Unfolded = proplists:unfold(proplists:substitute_negations([{list, binary}], Expanded)),
    case lists:foldl(fun set_one/2, State, Unfolded) of
        error -> {reply, {error, enotsup}, State};
        Next -> {reply, ok, Next}
    end.

set_one({binary, Flag}, #state{} = State) when is_boolean(Flag) -> State#state{is_binary = Flag};
set_one({encoding, latin1}, #state{} = State) -> State#state{encoding = latin1};
set_one({encoding, Encoding}, #state{} = State) when Encoding =:= unicode; Encoding =:= utf8 ->
    State#state{encoding = unicode};
set_one({echo, Flag}, #state{} = State) when is_boolean(Flag) -> State#state{echo = Flag};
set_one({log, Log}, #state{} = State) when Log =:= none; Log =:= output; Log =:= input; Log =:= all ->
    State#state{log = Log};
set_one({expand_fun, Fun}, #state{} = State) when is_function(Fun, 1); is_function(Fun, 2) ->
    State#state{expand_fun = Fun};
set_one(_, _) -> error.

options(State) ->
    [{expand_fun, State#state.expand_fun}, {echo, State#state.echo}, {binary, State#state.is_binary},
     {encoding, State#state.encoding}, {log, State#state.log}, {terminal, false},
     {stdin, false}, {stdout, false}, {stderr, false}].

%% Input

input(eof, State) ->
    State#state{is_ended = true};
input(Bytes, State) ->
    {Characters, Partial} = decode(<<(State#state.partial)/binary, Bytes/binary>>, State#state.encoding),
    State#state{input = State#state.input ++ lines(Characters, []), partial = Partial}.

%% Pieces that end with a line, the last one perhaps without: readers get one at a time.
lines([], []) -> [];
lines([], Line) -> [lists:reverse(Line)];
lines([$\n | Rest], Line) -> [lists:reverse(Line, "\n") | lines(Rest, [])];
lines([Character | Rest], Line) -> lines(Rest, [Character | Line]).

decode(Bytes, latin1) ->
    {binary_to_list(Bytes), <<>>};
decode(Bytes, unicode) ->
    case unicode:characters_to_list(Bytes, utf8) of
        {incomplete, Characters, Rest} -> {Characters, Rest};
        %% Bytes that are no UTF-8 stand for themselves.
        {error, Characters, <<Byte, Rest/binary>>} ->
            {More, Partial} = decode(Rest, unicode),
            {Characters ++ [Byte | More], Partial};
        Characters -> {Characters, <<>>}
    end.

%% Gives input to whoever waits first, as long as there is some; asks for more when there is not.
serve(State) ->
    case {queue:peek(State#state.readers), State} of
        {empty, _} -> State;
        {{value, Reader}, #state{input = [Piece | Rest]}} -> feed(Reader, Piece, State#state{input = Rest});
        {{value, Reader}, #state{is_ended = true}} -> feed(Reader, eof, State);
        {_, #state{is_asked = true}} -> State;
        _ ->
            orrery_io:read_console(),
            State#state{is_asked = true}
    end.

feed(Reader, Piece, State) ->
    #reader{encoding = Encoding, function = Function, argument = Argument, progress = Progress} = Reader,
    try io_lib:Function(Progress, cast(Piece, Encoding, State), Encoding, Argument) of
        {stop, Result, Rest} -> answer(Reader, Result, put_back(Rest, State));
        Next -> serve(State#state{readers = queue:in_r(Reader#reader{progress = Next}, queue:drop(State#state.readers))})
    catch
        throw:no_translation -> answer(Reader, {error, {no_translation, unicode, latin1}}, State);
        _:_ -> answer(Reader, {error, failed(Function, Argument)}, State)
    end.

failed(get_until, {_, Function, _}) -> Function;
failed(Function, _) -> Function.

%% As the function of io_lib wants it: where results are to be binaries, it makes them of binaries.
cast(eof, _, _) -> eof;
cast(Piece, Encoding, #state{is_binary = IsBinary}) ->
    Encoding =:= unicode orelse lists:all(fun(Character) -> Character < 256 end, Piece) orelse throw(no_translation),
    case IsBinary of
        true -> unicode:characters_to_binary(Piece, unicode, Encoding);
        false -> Piece
    end.

put_back(Rest, State) when Rest =:= eof; Rest =:= []; Rest =:= <<>> -> State;
put_back(Rest, State) when is_binary(Rest) -> put_back(unicode:characters_to_list(Rest), State);
put_back(Rest, State) -> State#state{input = [Rest | State#state.input]}.

answer(#reader{from = From, reply_as = ReplyAs}, Result, State) ->
    orrery_io:reply(From, ReplyAs, Result),
    serve(State#state{readers = queue:drop(State#state.readers)}).
