%% gen_statem in Erlang with state functions and enter calls, and gen_event as its log.
-module(door_statem).
-behaviour(gen_statem).
-export([main/0, init/1, callback_mode/0, closed/3, open/3, handle_event/2, handle_call/2]).

callback_mode() -> [state_functions, state_enter].

init({log, Start}) -> {ok, Start};
init(Code) -> {ok, closed, #{code => Code, tries => 0}}.

closed(enter, From, _) -> note({From, closed}), keep_state_and_data;
closed(cast, {code, C}, #{code := C} = D) -> {next_state, open, D#{tries := 0}};
closed(cast, {code, _}, #{tries := T} = D) -> note({wrong, T + 1}), {keep_state, D#{tries := T + 1}};
closed({call, F}, what, _) -> {keep_state_and_data, [{reply, F, closed}]}.

open(enter, _, _) -> note(opened), {keep_state_and_data, [{state_timeout, 20, close}]};
open(state_timeout, close, D) -> {next_state, closed, D};
open({call, F}, what, _) -> {keep_state_and_data, [{reply, F, open}]};
open(cast, {code, _}, _) -> {keep_state_and_data, [postpone]}.

handle_event(E, Log) -> {ok, [E | Log]}.
handle_call(all, Log) -> {ok, lists:reverse(Log), Log}.

note(E) -> gen_event:sync_notify(door_log, E).

main() ->
    {ok, _} = gen_event:start_link({local, door_log}),
    ok = gen_event:add_handler(door_log, ?MODULE, {log, []}),
    {ok, D} = gen_statem:start_link(?MODULE, 42, []),
    gen_statem:cast(D, {code, 1}),
    gen_statem:cast(D, {code, 42}),
    gen_statem:cast(D, {code, 7}),
    io:format("~p~n", [gen_statem:call(D, what)]),
    timer:sleep(100),
    io:format("~p~n", [gen_statem:call(D, what)]),
    io:format("~p~n", [gen_event:call(door_log, ?MODULE, all)]),
    gen_statem:stop(D),
    io:format("~p~n", [is_process_alive(D)]).
