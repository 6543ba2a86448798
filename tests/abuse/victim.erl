%% An honest program: what it does must not depend on what happens in other sandboxes.
-module(victim).
-export([main/0, counter/1]).

main() ->
    Counter = spawn_link(?MODULE, counter, [0]),
    Table = ets:new(victim, [public]),
    rounds(1, Counter, Table),
    exit({told, {ets:info(Table, size), call(Counter, 0)}}).

rounds(200, _, _) -> ok;
rounds(N, Counter, Table) ->
    N = call(Counter, 1),
    ets:insert(Table, {N, rand(N), lists:seq(1, N rem 50)}),
    erlang:send_after(1, self(), tick),
    receive tick -> ok end,
    rounds(N + 1, Counter, Table).

rand(N) -> erlang:phash2({N, erlang:unique_integer()}).

call(Pid, Message) ->
    Reference = make_ref(),
    Pid ! {self(), Reference, Message},
    receive {Reference, Answer} -> Answer end.

counter(N) ->
    receive
        {From, Reference, Plus} ->
            From ! {Reference, N + Plus},
            counter(N + Plus)
    end.
