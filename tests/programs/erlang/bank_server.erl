%% A gen_server under a supervisor, both in Erlang, in one module.
-module(bank_server).
-behaviour(gen_server).
-export([main/0, start_link/1, init/1, handle_call/3, handle_cast/2, handle_info/2, terminate/2, code_change/3]).

start_link(Name) -> gen_server:start_link({local, Name}, ?MODULE, {account, Name}, []).

init(sup) ->
    Flags = #{strategy => one_for_one, intensity => 3, period => 5},
    Child = fun(N) -> #{id => N, start => {?MODULE, start_link, [N]}, shutdown => 1000} end,
    {ok, {Flags, [Child(ann), Child(bob)]}};
init({account, Name}) ->
    process_flag(trap_exit, true),
    {ok, #{name => Name, balance => 0, log => []}}.

handle_call(balance, _From, #{balance := B} = S) -> {reply, B, S};
handle_call({withdraw, N}, _From, #{balance := B} = S) when N > B -> {reply, {error, insufficient}, S};
handle_call({withdraw, N}, _From, #{balance := B} = S) -> {reply, ok, S#{balance := B - N}};
handle_call(crash, _From, _S) -> exit(asked_to).

handle_cast({deposit, N}, #{balance := B, log := L} = S) -> {noreply, S#{balance := B + N, log := [N | L]}, 50}.

handle_info(timeout, #{name := N} = S) -> io:format("~p idle~n", [N]), {noreply, S};
handle_info(I, S) -> io:format("info ~p~n", [I]), {noreply, S}.

terminate(R, #{name := N}) -> io:format("~p terminates: ~p~n", [N, R]).
code_change(_, S, _) -> {ok, S}.

main() ->
    logger:set_primary_config(level, none),
    {ok, Sup} = supervisor:start_link({local, bank_sup}, ?MODULE, sup),
    gen_server:cast(ann, {deposit, 100}),
    gen_server:cast(ann, {deposit, 20}),
    io:format("~p~n", [gen_server:call(ann, balance)]),
    io:format("~p ~p~n", [gen_server:call(ann, {withdraw, 500}), gen_server:call(ann, {withdraw, 20})]),
    bob ! hello,
    io:format("~p~n", [gen_server:call(bob, balance)]),
    Old = whereis(ann),
    io:format("~p~n", [catch element(1, element(2, (catch gen_server:call(ann, crash))))]),
    wait(ann, Old),
    io:format("~p~n", [gen_server:call(ann, balance)]),
    io:format("~p~n", [supervisor:count_children(Sup)]),
    io:format("~p~n", [[{I, T} || {I, _, T, _} <- supervisor:which_children(Sup)]]),
    gen_server:cast(bob, {deposit, 1}),
    timer:sleep(150),
    unlink(Sup),
    exit(Sup, shutdown),
    timer:sleep(50),
    io:format("~p~n", [whereis(ann)]).

wait(Name, Old) ->
    case whereis(Name) of
        P when is_pid(P), P =/= Old -> P;
        _ -> timer:sleep(1), wait(Name, Old)
    end.
