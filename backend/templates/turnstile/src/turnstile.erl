%% A turnstile at the entrance of a station. It is locked until somebody pays, lets one person through, and locks itself
%% again when nobody comes.
-module(turnstile).
-behaviour(gen_statem).

-export([start_link/1, pay/1, push/1, report/1]).
-export([init/1, callback_mode/0, locked/3, unlocked/3]).

start_link(OpenMillis) ->
    gen_statem:start_link({local, ?MODULE}, ?MODULE, OpenMillis, []).

pay(Cents) -> gen_statem:call(?MODULE, {pay, Cents}).
push(Who) -> gen_statem:call(?MODULE, {push, Who}).
report(What) -> gen_statem:call(?MODULE, {report, What}).

callback_mode() -> [state_functions, state_enter].

init(OpenMillis) ->
    {ok, locked, #{open => OpenMillis, price => 250, paid => 0, through => []}}.

locked(enter, _Old, Data) ->
    {keep_state, Data#{paid := 0}};
locked({call, From}, {pay, Cents}, #{paid := Paid, price := Price} = Data) when Paid + Cents >= Price ->
    {next_state, unlocked, Data, {reply, From, {open, Paid + Cents - Price}}};
locked({call, From}, {pay, Cents}, #{paid := Paid, price := Price} = Data) ->
    {keep_state, Data#{paid := Paid + Cents}, {reply, From, {missing, Price - Paid - Cents}}};
locked({call, From}, {push, _Who}, _Data) ->
    {keep_state_and_data, {reply, From, locked}};
locked(Type, Event, Data) ->
    common(Type, Event, Data).

unlocked(enter, _Old, #{open := Open}) ->
    {keep_state_and_data, {state_timeout, Open, lock}};
unlocked(state_timeout, lock, Data) ->
    io:format("nobody came: it locks itself~n"),
    {next_state, locked, Data};
unlocked({call, From}, {push, Who}, #{through := Through} = Data) ->
    {next_state, locked, Data#{through := [Who | Through]}, {reply, From, welcome}};
unlocked({call, From}, {pay, Cents}, _Data) ->
    {keep_state_and_data, {reply, From, {open, Cents}}};
unlocked(Type, Event, Data) ->
    common(Type, Event, Data).

common({call, From}, {report, through}, #{through := Through}) ->
    {keep_state_and_data, {reply, From, lists:reverse(Through)}}.
