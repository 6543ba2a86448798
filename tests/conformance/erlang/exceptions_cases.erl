-module(exceptions_cases).
-compile([nowarn_export_all, export_all]).
-include("cases.hrl").

-record(point, {x = 0, y = 0}).

id(X) -> hd([X | get_keys_of_nothing()]).
get_keys_of_nothing() -> tl([x]).

cases() ->
    [?C(error(foo)), ?C(error(foo, [1, 2])), ?C(error(foo, none)), ?C(error(foo, [1], [{error_info, #{cause => x}}])),
     ?C(error(foo, [1], bar)), ?C(exit(bye)), ?C(throw(ball)), ?C(erlang:raise(error, x, [])), ?C(erlang:raise(exit, x, [{m, f, 1, []}])),
     ?C(erlang:raise(throw, x, [{m, f, [1, 2], [{file, "f.erl"}, {line, 3}]}])),
     ?C(erlang:raise(id(foo), x, [])), ?C(erlang:raise(id(error), x, id(foo))), ?C(erlang:raise(id(error), x, [id(foo)])),
     ?C(erlang:raise(error, x, [{m, f, 1}])), ?C(erlang:raise(error, x, [{fun() -> ok end, [1]}])),
     ?C(catch exit(foo)), ?C(catch throw(foo)), ?C(element(1, element(2, catch 1 + id(a)))),
     ?C(begin {a, _} = id({b, 1}) end), ?C(case id(1) of 2 -> ok end), ?C(if_clause(id(1))), ?C(clause(id(1))),
     ?C(try id(1) of 2 -> ok catch _:_ -> no end), ?C((id(foo))()), ?C((id(fun(X) -> X end))()), ?C((id(fun lists:map/2))(1)),
     ?C((id(fun nowhere:nothing/1))(1)), ?C(nowhere:nothing(1, 2)), ?C(apply(id(nowhere), nothing, [])), ?C(lists:nothing(1)),
     ?C(apply(id(1), foo, [])), ?C([apply(id(foo), id(bar), id(baz))]), ?C(apply(id(lists), reverse, [[1, 2]])), ?C(apply(fun(X) -> X end, [1, 2])),
     ?C([apply(fun(X) -> X end, id(x))]), ?C(apply(id(erlang), '+', [1, a])), ?C((id(erlang)):abs(id(x))),
     ?C((id(#point{}))#point.x), ?C((id({notpoint, 1, 2}))#point.x), ?C((id(foo))#point{x = 1}), ?C(is_record(id(#point{}), point)),
     ?C(nested()), ?C(after_order()), ?C(try_of()), ?C(after_throw()), ?C(rethrow()), ?C(catch_all()), ?SINCE(27, in_handler()),
     ?C(deep(5)), ?C(deep(20)), ?C(tail_deep(20)), ?SINCE(27, body_recursive([1, 2, 3, a])),
     ?C(stack_of_fun()), ?SINCE(27, stack_in_comprehension([1, 2, x])), ?C(bad_filter([1, 2])), ?C([X || X <- id(foo)]), ?C([X || X <- [1 | id(2)]]),
     ?C(<<<<X>> || X <- [1, id(a)]>>), ?C([X || <<X>> <= id(foo)]), ?C(<<<<X>> || <<X>> <= id(foo)>>),
     ?C(element(3, id({1, 2}))), ?C(element(id(a), {1})), ?C(element(0, id({1}))), ?C(setelement(3, id({1, 2}), x)), ?C(tuple_size(id([]))),
     ?C(atom_to_list(id(1))), ?C(list_to_atom(id([a]))), ?C(list_to_atom(lists:duplicate(256, $a))), ?C(list_to_existing_atom("no such atom at all here")),
     ?C(binary_to_atom(id(<<255>>), utf8)), ?C(binary_to_existing_atom(<<"no such atom at all, either">>)), ?C(atom_to_binary(id(1))), ?C(list_to_tuple(id(a))),
     ?C(tuple_to_list(id(a))), ?C(make_tuple_of(-1)), ?C(erlang:make_tuple(2, a, [{1, b}, {1, c}])), ?C(erlang:append_element({a}, b)), ?C(erlang:delete_element(2, {a})),
     ?C(erlang:insert_element(1, {a}, b)), ?C(put(a, 1)), ?C(begin put(a, 1), {get(a), erase(a), get(a)} end), ?C(get()), ?C(erlang:get_keys(x)),
     ?C(binary_to_atom(<<0:2400, 255>>)), ?C(binary_to_atom(<<0:800, 255>>)), ?C(binary_to_existing_atom(<<0:2400, 255>>)), ?C(binary_to_term(fun_term(255))), ?C(binary_to_term(fun_term(256))),
     ?C(change_class(error)), ?C(change_class(exit)), ?C(change_class(throw)), ?C(huge_line(1, a)), ?C(huge_line(2, a)), ?C(huge_line(3, a)), ?C(erlang:fun_info(fun id/1, refc)),
     ?C([apply_trace(How) || How <- [last, only, list_last, list_only, twice_last, twice_only, thrice, exit, throw, args, raise, bif, bad]]),
     ?C([erts_internal:term_type(T) || T <- [1, (1 bsl 59) - 1, 1 bsl 59, -(1 bsl 59), -(1 bsl 59) - 1, a, [], [a], {}, 1.0, #{}]]),
     ?C([erts_internal:map_to_tuple_keys(M) || M <- [#{}, #{1 => a}, #{2 => x, 1 => y}]]), ?C(erts_internal:map_to_tuple_keys(id(x))), ?C(erts_internal:map_to_tuple_keys(maps:from_keys(lists:seq(1, 40), a))),
     ?C(erts_internal:term_to_string({a, [1, "b"], <<"c">>, #{x => 1.5}, 'D e'})), ?C(erts_internal:term_to_string(id(x), 0)),
     ?C(prim_file:internal_normalize_utf8(<<"e", 16#301/utf8, "x">>)), ?C(prim_file:internal_normalize_utf8(<<255>>)),
     ?C(length(id(a))), ?C(self() =:= id(self())), ?C(not id(1)), ?C(id(1) and true), ?C(true andalso id(1)), ?C(id(1) andalso true), ?C(id(1) orelse true),
     ?C(false xor id(true)), ?C(fun_info_of(fun lists:map/2)), ?C(fun_arity(fun(_, _) -> ok end)), ?C(is_function(fun id/1, 1)), ?C(is_function(id(x), id(-1))), ?C(is_function(fun id/1, id(-1))),
     ?C(fun lists:map/2 =:= erlang:make_fun(lists, map, 2)), ?C(erlang:make_fun(id(1), map, 2)), ?C(erlang:fun_to_list(fun lists:map/2)),
     ?C(io_lib:format("~p", [fun id/1])), ?C(erlang:fun_info(fun id/1, name)), ?C(erlang:fun_info(fun id/1, module)), ?C(erlang:fun_info(fun id/1, env)), ?C(erlang:fun_info(id(x), env)),
     ?C(list_to_pid("<0.1")), ?C(binary_to_term(<<131, 100>>)), ?C(binary_to_term(<<>>)), ?C(binary_to_term(id(a))), ?C(binary_to_term(<<131, 119, 3, "zqx">>, [safe])),
     ?C(erlang:function_exported(lists, map, 2)), ?C(erlang:function_exported(lists, map, 7)), ?C(erlang:is_builtin(erlang, element, 2)),
     ?C(erl_error_text(fun() -> atom_to_list(id(1)) end)), ?C(erl_error_text(fun() -> lists:keyfind(a, 0, []) end)), ?C(erl_error_text(fun() -> maps:get(a, id(x)) end)),
     ?C(erl_error_text(fun() -> binary:at(<<1>>, 5) end)), ?C(erl_error_text(fun() -> erlang:binary_part(<<1>>, 5, 1) end)), ?SINCE(27, erl_error_text(fun() -> list_to_integer("x") end)),
     ?C(erl_error_text(fun() -> element(3, id({})) end)), ?C(erl_error_text(fun() -> erlang:iolist_to_binary(id(a)) end)), ?C(erl_error_text(fun() -> unicode:characters_to_binary(id(a)) end)),
     ?C(erl_error_text(fun() -> id(1) + a end)), ?C(erl_error_text(fun() -> math:sqrt(-1) end)), ?C(erl_error_text(fun() -> lists:nth(9, [1]) end)), ?C(erl_error_text(fun() -> clause(7) end)),
     ?C(erl_error_text(fun() -> nowhere:f(1) end)), ?C(erl_error_text(fun() -> #{a := _} = id(#{}) end)), ?C(erl_error_text(fun() -> string:length(id(1)) end)), ?C(erl_error_text(fun() -> binary:copy(<<1>>, -1) end)),
     ?C(maybe_badmap(id([]))), ?C(maybe_badkey(id(#{}))), ?C(guards([1, 1.0, a, "s", <<>>, <<1:1>>, {}, #{}, fun id/1, self(), []]))
    ].

if_clause(X) -> if X > 1 -> yes end.
clause(2) -> ok.
make_tuple_of(N) -> erlang:make_tuple(N, x).
maybe_badmap(M) -> M#{a => 1}.
maybe_badkey(M) -> M#{a := 1}.

nested() ->
    try
        try error(inner)
        catch error:inner -> throw(from_handler)
        after put(order, [a | get_order()])
        end
    catch throw:T:S -> {T, [{F, A} || {?MODULE, F, A, _} <- S], get_order()}
    after put(order, done)
    end.

get_order() -> case get(order) of undefined -> []; L -> L end.

after_order() ->
    R = try put(o, 1), try_body(id(3)) after put(o, 2) end,
    {R, get(o)}.
try_body(X) -> X * 2.

try_of() ->
    try id(5) of
        5 -> error(in_of)
    catch _:_ -> not_here
    after put(was, here)
    end.

after_throw() -> try throw(a) after throw(b) end.

rethrow() ->
    try error(original)
    catch C:R:S -> erlang:raise(C, {again, R}, S)
    end.

catch_all() -> [catch_one(F) || F <- [fun() -> error(a) end, fun() -> exit(b) end, fun() -> throw(c) end, fun() -> d end]].
catch_one(F) -> try F() of V -> {value, V} catch throw:X -> {t, X}; exit:X -> {x, X}; error:X -> {e, X} end.

in_handler() -> try error(a) catch error:a -> 1 + id(b) end.

deep(0) -> error(bottom);
deep(N) -> 1 + deep(N - 1).

tail_deep(0) -> error(bottom);
tail_deep(N) -> tail_deep(N - 1).

body_recursive([H | T]) -> [H + 1 | body_recursive(T)];
body_recursive([]) -> [].

stack_of_fun() -> lists:foreach(fun(X) -> lists:map(fun(Y) -> X / Y end, [1, 0]) end, [1]).
stack_in_comprehension(L) -> [X + 1 || X <- L, X /= 7].
bad_filter(L) -> [X || X <- L, id(X)].

fun_info_of(F) -> [erlang:fun_info(F, I) || I <- [module, name, arity, type, env]].
%% A class that differs from that of the trace that is given holds through later re-raises.
change_class(Class) ->
    try change_class_in(Class) catch C:R -> {C, R} end.
change_class_in(Class) ->
    try
        try throw(ball) catch throw:R:S -> erlang:raise(Class, R, S) end
    after
        put(cleaned, true)
    end.

%% A fun of no module with so many captured values, in the external term format.
fun_term(Free) ->
    Env = << <<97, 1>> || _ <- lists:seq(1, Free) >>,
    Body = <<1, 0:128, 0:32, Free:32, 119, 7, "nowhere", 97, 0, 97, 0, 88, 119, 13, "nonode@nohost", 0:32, 0:32, 0:32, Env/binary>>,
    <<131, 112, (byte_size(Body) + 4):32, Body/binary>>.

%% Who applies a function that raises is in the stack trace, even where it does so last.
apply_trace(How) ->
    try apply_in(How), ok
    catch C:R:S -> {C, R, [{F, if is_list(A) -> {args, length(A)}; true -> A end} || {M, F, A, _} <- S, lists:member(M, [?MODULE, erlang])]} end.
apply_in(How) -> id(apply_how(How)).
apply_how(last) -> apply(id(erlang), id(error), [oops]);
apply_how(only) -> erlang:apply(erlang, error, [oops]);
apply_how(list_last) -> apply(id(erlang), id(error), id([oops]));
apply_how(list_only) -> erlang:apply(erlang, error, id([oops, [list_only]]));
apply_how(twice_last) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(error), id([oops])]);
apply_how(twice_only) -> erlang:apply(erlang, apply, [erlang, error, [oops, [twice]]]);
apply_how(thrice) -> erlang:apply(id(erlang), id(apply), [id(erlang), id(apply), [id(erlang), id(error), id([oops, [x]])]]);
apply_how(exit) -> apply(id(erlang), id(exit), [oops]);
apply_how(throw) -> apply(id(erlang), id(throw), id([oops]));
apply_how(args) -> apply(id(erlang), id(error), [oops, [1, 2]]);
apply_how(raise) -> apply(id(erlang), id(raise), [error, oops, []]);
apply_how(bif) -> id(apply(id(erlang), id(abs), [x]));
apply_how(bad) -> id(apply(id(erlang), id(apply), [a, b, c])).

fun_arity(F) -> erlang:fun_info(F, arity).

erl_error_text(F) ->
    try F() catch C:R:S ->
        Skip = fun(M, _, _) -> M =:= conformance_runner end,
        Format = fun(T, _) -> io_lib:format("~tp", [T]) end,
        unicode:characters_to_list(erl_error:format_exception(C, R, S, #{stack_trim_fun => Skip, format_fun => Format}))
    end.

guards(L) -> [guard(X) || X <- L].
guard(X) when is_integer(X); is_float(X) -> number;
guard(X) when is_atom(X), not is_boolean(X) -> atom;
guard(X) when is_binary(X) -> binary;
guard(X) when is_bitstring(X) -> bits;
guard(X) when tuple_size(X) =:= 0 -> empty_tuple;
guard(X) when map_size(X) =:= 0 -> empty_map;
guard(X) when is_function(X, 1) -> 'fun';
guard(X) when is_pid(X) orelse is_reference(X) -> identifier;
guard(X) when hd(X) =:= $s -> string;
guard(_) -> other.

%% Lines that do not fit are left out of stack traces.
-file("huge.erl", 16777213).
huge_line(1, X) -> id(X + 1);

huge_line(2, X) -> id(X + 1);
huge_line(3, X) -> id(X + 1).
