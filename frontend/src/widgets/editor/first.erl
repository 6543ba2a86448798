-module(planet).
-behaviour(gen_server).
-export([start_link/1, init/1, handle_call/3, handle_cast/2]).

start_link(Name) -> gen_server:start_link(?MODULE, Name, []).

init(Name) -> {ok, #{name => Name, turns => 0}}.

handle_call(turn, _From, State = #{turns := Turns}) ->
    {reply, Turns + 1, State#{turns := Turns + 1}}.

handle_cast(_Message, State) -> {noreply, State}.
