%% What the two io servers of a sandbox have in common: requests of Erlang's I/O protocol that need no input, and
%% the functions of the host behind them.
-module(orrery_io).
-export([write/3, reply/3, characters/2, open_console/0, read_console/0]).

%% Becomes the process that gets what is typed, as {console, Bytes} and {console, eof}. The host replaces it.
open_console() -> erlang:nif_error(undef).

%% Asks for the next piece of input. The host replaces it.
read_console() -> erlang:nif_error(undef).

%% Performs a request that writes: ok or {error, Reason}; `other` for one that does not write.
write(Device, {put_chars, Encoding, Characters}, _) ->
    put(Device, Characters, Encoding, {put_chars, Encoding, Characters});
write(Device, {put_chars, Encoding, Module, Function, Arguments}, Failure) ->
    try apply(Module, Function, Arguments) of
        Characters -> put(Device, Characters, Encoding, failure(Failure, Function))
    catch
        _:_ -> {error, failure(Failure, Function)}
    end;
%% Before R13, without an encoding.
write(Device, {put_chars, Characters}, Failure) ->
    write(Device, {put_chars, latin1, Characters}, Failure);
write(Device, {put_chars, Module, Function, Arguments}, Failure) ->
    write(Device, {put_chars, latin1, Module, Function, Arguments}, Failure);
write(_, _, _) ->
    other.

failure(function, Function) -> Function;
failure(Failure, _) -> Failure.

put(Device, Characters, Encoding, Failure) ->
    case characters(Characters, Encoding) of
        error -> {error, Failure};
        <<>> -> ok;
        Text -> true = erlang:display_string(Device, Text), ok
    end.

%% Characters in an encoding as UTF-8, or error.
characters(Characters, Encoding) ->
    try unicode:characters_to_binary(Characters, Encoding, utf8) of
        Text when is_binary(Text) -> Text;
        _ -> error
    catch
        _:_ -> error
    end.

reply(From, ReplyAs, Reply) ->
    From ! {io_reply, ReplyAs, Reply},
    ok.
