%% The io server `standard_error`, in place of OTP's own, which writes to a port. It takes no input.
-module(standard_error).
-behaviour(supervisor_bridge).
-export([start_link/0, init/1, terminate/2]).

start_link() ->
    supervisor_bridge:start_link({local, standard_error_sup}, ?MODULE, []).

init([]) ->
    Server = spawn(fun() -> process_flag(trap_exit, true), loop(latin1) end),
    register(standard_error, Server),
    {ok, Server, Server}.

terminate(_, Server) ->
    exit(Server, kill),
    ok.

loop(Encoding) ->
    receive
        {io_request, From, ReplyAs, Request} when is_pid(From) ->
            {Reply, Next} = request(Request, Encoding),
            orrery_io:reply(From, ReplyAs, Reply),
            loop(Next);
        _ ->
            loop(Encoding)
    end.

request(Request, Encoding) ->
    case orrery_io:write(stderr, Request, put_chars) of
        ok -> {ok, Encoding};
        {error, _} -> {{error, put_chars}, Encoding};
        other -> control(Request, Encoding)
    end.

control({get_geometry, What}, Encoding) when What =:= columns; What =:= rows ->
    {{error, enotsup}, Encoding};
control(getopts, Encoding) ->
    {[{encoding, Encoding}, {onlcr, false}, {log, none}], Encoding};
control({setopts, Options}, Encoding) when is_list(Options) ->
    options(proplists:unfold(expanded(Options)), Encoding, Encoding);
control({requests, Requests}, Encoding) ->
    requests(Requests, ok, Encoding);
control(Request, Encoding) ->
    {{error, {request, Request}}, Encoding}.

expanded(Options) ->
    [case Option of
         latin1 -> {encoding, latin1};
         unicode -> {encoding, unicode};
         Other -> Other
     end || Option <- Options].

options([], Next, _) -> {ok, Next};
options([{encoding, Encoding} | Rest], _, Old) when Encoding =:= unicode; Encoding =:= utf8 ->
    options(Rest, unicode, Old);
options([{encoding, latin1} | Rest], _, Old) -> options(Rest, latin1, Old);
options([{onlcr, Flag} | Rest], Next, Old) when is_boolean(Flag) -> options(Rest, Next, Old);
options([{log, Log} | Rest], Next, Old) when Log =:= none; Log =:= output; Log =:= input; Log =:= all ->
    options(Rest, Next, Old);
options(_, _, Old) -> {{error, enotsup}, Old}.

requests([Request | Rest], ok, Encoding) ->
    {Reply, Next} = request(Request, Encoding),
    requests(Rest, Reply, Next);
requests(_, Reply, Encoding) ->
    {Reply, Encoding}.
