-module(library_cases).
-compile([nowarn_export_all, export_all]).
-include("cases.hrl").

id(X) -> X.

cases() -> sets() ++ trees() ++ sequences() ++ text() ++ dates() ++ code() ++ random().

sets() ->
    [?C(sets:to_list(sets:from_list([1, 2, 1, a]))), ?C(lists:sort(sets:to_list(sets:union(sets:from_list([1, 2]), sets:from_list([3]))))), ?C(sets:is_subset(sets:from_list([1]), sets:from_list([1, 2]))),
     ?C(lists:sort(sets:to_list(sets:from_list(lists:seq(1, 100), [{version, 2}])))), ?C(sets:size(sets:subtract(sets:from_list([1, 2]), sets:from_list([2])))), ?C(sets:fold(fun erlang:'+'/2, 0, sets:from_list([1, 2, 3]))),
     ?C(ordsets:union([1, 3], [2, 3])), ?C(ordsets:intersection([[1, 2, 3], [2, 3], [3]])), ?C(ordsets:subtract([1, 2], [1.0])), ?C(ordsets:is_disjoint([1], [2])), ?C(ordsets:add_element(2, [1, 3])),
     ?C(gb_sets:to_list(gb_sets:from_list([3, 1, 2]))), ?C(gb_sets:smallest(gb_sets:from_list([3, 1]))), ?C(gb_sets:take_largest(gb_sets:from_list([3, 1]))), ?C(gb_sets:smallest(gb_sets:empty())), ?C(gb_sets:intersection(gb_sets:from_list([1, 2]), gb_sets:from_list([2]))),
     ?C(sofs:to_external(sofs:family_to_relation(sofs:family([{a, [1, 2]}])))), ?C(sofs:to_external(sofs:composite(sofs:relation([{1, a}]), sofs:relation([{a, x}]))))].

trees() ->
    [?C(gb_trees:to_list(gb_trees:from_orddict([{1, a}, {2, b}]))), ?C(gb_trees:get(3, gb_trees:from_orddict([{1, a}]))), ?C(gb_trees:insert(1, b, gb_trees:from_orddict([{1, a}]))), ?C(gb_trees:balance(lists:foldl(fun(I, T) -> gb_trees:enter(I, I, T) end, gb_trees:empty(), lists:seq(1, 20)))),
     ?C(gb_trees:take_smallest(gb_trees:from_orddict([{1, a}, {2, b}]))), ?C(gb_trees:next(gb_trees:iterator_from(2, gb_trees:from_orddict([{1, a}, {2, b}])))), ?C(dict:to_list(dict:from_list([{a, 1}, {b, 2}]))), ?C(lists:sort(dict:to_list(lists:foldl(fun(I, D) -> dict:append(I rem 7, I, D) end, dict:new(), lists:seq(1, 50))))),
     ?C(dict:fetch(z, dict:new())), ?C(dict:fold(fun(_, V, A) -> V + A end, 0, dict:from_list([{I, I} || I <- lists:seq(1, 200)]))), ?C(orddict:update_counter(a, 2, [{a, 1}])), ?C(orddict:merge(fun(_, A, B) -> A + B end, [{a, 1}], [{a, 2}, {b, 3}])),
     ?C(orddict:fetch(a, [])), ?C(proplists:get_value(a, [{b, 1}, a])), ?C(proplists:unfold([a, {b, 1}])), ?C(proplists:expand([{foo, [bar, baz]}], [fie, foo])), ?C(proplists:normalize([{no_x, true}, y], [{negations, [{no_x, x}]}])), ?C(proplists:to_map([a, {b, 2}, {a, 3}])), ?C(proplists:get_all_values(a, [{a, 1}, {a, 2}])), ?C(proplists:split([{a, 1}, b, c], [a, b]))].

sequences() ->
    [?C(array:to_list(array:from_list([a, b, c]))), ?C(array:get(10, array:new([{default, x}]))), ?C(array:set(3, y, array:new(3, [{fixed, true}]))), ?C(array:sparse_to_orddict(array:set(100, z, array:new()))), ?C(array:foldr(fun(I, V, A) -> [{I, V} | A] end, [], array:from_list([1, 2]))), ?C(array:resize(1, array:from_list([1, 2]))),
     ?C(queue:to_list(queue:in(3, queue:from_list([1, 2])))), ?C(queue:out(queue:from_list([1, 2]))), ?C(queue:out_r(queue:new())), ?C(queue:head(queue:new())), ?C(queue:split(1, queue:from_list([1, 2, 3]))), ?C(queue:filter(fun(X) -> [X, X] end, queue:from_list([1, 2]))), ?C(queue:join(queue:from_list([1]), queue:from_list([2]))), ?C(queue:peek_r(queue:from_list([1, 2])))].

text() ->
    [?C(string:length("aé👨‍👩‍👧e\x{301}")), ?C(string:to_graphemes("e\x{301}a👨‍👩‍👧🇩🇪")), ?C(string:uppercase("straße ǆ")), ?C(string:lowercase("ÄÖÜ İ")), ?C(string:titlecase("ǆ abc")), ?C(string:casefold("Straße")), ?C(string:equal("é", "e\x{301}", false, nfc)), ?C(string:equal(<<"ABC">>, "abc", true)),
     ?C(string:trim("  a b \n")), ?C(string:trim(<<"xxaxx">>, leading, "x")), ?C(string:pad("ab", 5, both, $-)), ?C(lists:flatten(string:pad("ab", 5, leading))), ?C(string:split("a.b.c", ".")), ?C(string:split(<<"a.b.c">>, ".", all)), ?C(string:split("a.b.c", ".", trailing)), ?C(string:replace("abcb", "b", "X", all)), ?C(string:lexemes("a, b,c", ", ")), ?C(string:tokens("a b", " ")), ?C(string:nth_lexeme("a b c", 2, " ")),
     ?C(string:slice("aéb", 1, 1)), ?C(string:slice(<<"aéb"/utf8>>, 1)), ?C(string:reverse("ae\x{301}b")), ?C(string:prefix("abc", "ab")), ?C(string:find("abcabc", "b", trailing)), ?C(string:take("aabc", "a")), ?C(string:take("aabc", "c", true, trailing)), ?C(string:to_integer("12abc")), ?C(string:to_float("1.5e3x")), ?C(string:to_integer("x")), ?C(string:is_empty(<<>>)), ?C(string:chomp("ab\r\n")), ?C(string:next_codepoint("é")), ?C(string:next_grapheme(<<"e", 16#cc, 16#81, "x">>)), ?C(string:jaro_similarity("ab", "ba")) , ?C(string:length(id(1))), ?C(string:join(["a", "b"], ", ")), ?C(string:centre("a", 5)), ?C(string:sub_word("a b c", 2)), ?C(string:to_upper("aß")), ?C(string:strip(" a ")),
     ?C(uri_string:parse("http://user@host:80/p%20a/q?x=1#f")), ?C(uri_string:parse(<<"//[::1]:8080/é"/utf8>>)), ?C(uri_string:recompose(#{scheme => "http", host => "h", path => "/a b"})), ?C(uri_string:normalize("http://H/a/../b/./c")), ?C(uri_string:resolve("../x", "http://a/b/c/d")), ?C(uri_string:compose_query([{"a", "1 2"}, {"é", true}])), ?C(uri_string:dissect_query("a=1+2&b")), ?C(uri_string:parse("http://[x")), ?C(uri_string:percent_decode("%C3%A9")), ?C(uri_string:quote("é/ ")), ?C(uri_string:transcode("a%20b", [{in_encoding, utf8}, {out_encoding, utf8}])),
     ?C(base64:encode("hello?>")), ?C(base64:decode(<<"aGVs bG8=">>)), ?C(base64:decode("a")), ?C(base64:encode_to_string(<<255, 254>>)), ?C(base64:mime_decode("aGV$sbG8")), ?C(unicode:characters_to_nfkd_list("ﬁé")), ?C(filename:join(["a", "/b", "c"])), ?C(filename:split("/a/b.erl")), ?C(filename:extension("x/a.b.c")), ?C(filename:rootname("a.erl", ".erl")), ?C(filename:basename("/a/b/")), ?C(filename:dirname("a")), ?C(filename:flatten(["a", b])),
     ?SINCE(27, json:decode(<<"{\"a\": [1, 2.5e3, true, null, \"x\\u00e9\\n\"]}">>)), ?SINCE(27, iolist_to_binary(json:encode(#{<<"a">> => [1, 2.5, true, null, <<"é\"\\\n"/utf8>>]}))), ?SINCE(27, json:decode(<<"[1,">>)), ?SINCE(27, json:decode(<<"[1 2]">>)), ?SINCE(27, json:decode(<<"\"\\ud83d\\ude00\"">>)), ?SINCE(27, iolist_to_binary(json:encode([#{a => b}, {1}]))), ?SINCE(27, iolist_to_binary(json:format(#{a => [1, #{}]}))),
     ?SINCE(27, json:decode(list_to_binary(["[", lists:join(",", [integer_to_list(I * I) || I <- lists:seq(1, 300)]), "]"])))].

dates() ->
    [?C(calendar:date_to_gregorian_days(2024, 2, 29)), ?C(calendar:gregorian_seconds_to_datetime(63876543210)), ?C(calendar:day_of_the_week(2024, 7, 4)), ?C(calendar:iso_week_number({2021, 1, 3})), ?C(calendar:last_day_of_the_month(1900, 2)), ?C(calendar:valid_date(2023, 2, 29)), ?C(calendar:seconds_to_daystime(100000)), ?C(calendar:time_difference({{2020, 1, 1}, {0, 0, 0}}, {{2020, 1, 2}, {1, 2, 3}})), ?C(calendar:rfc3339_to_system_time("2018-02-01T16:17:58.123Z", [{unit, millisecond}])), ?C(calendar:system_time_to_rfc3339(1517501878, [{offset, "Z"}])), ?C(calendar:system_time_to_universal_time(0, second)), ?C(calendar:date_to_gregorian_days(2023, 13, 1)), ?C(calendar:is_leap_year(2100)),
     ?C(timer:hms(1, 2, 3)), ?C(erlang:universaltime_to_posixtime({{2000, 1, 1}, {0, 0, 0}})), ?C(erlang:convert_time_unit(1500, millisecond, second)), ?C(erlang:convert_time_unit(-1500, millisecond, second)), ?C(is_integer(erlang:monotonic_time())), ?C(erlang:monotonic_time(foo)), ?C(is_integer(erlang:system_time(1000)))].

code() ->
    [?C(scan("foo(X) -> X + 1.5e3, 16#ff, $a, \"s\\n\", <<\"b\">>, 'q a', #r{a = 1}. % c")), ?C(erl_scan:string("a 'b")), ?C(erl_scan:string("1_000 $\\n \"\\x{20ac}\"", {5, 1}, [return])), ?C(parse("f(X) when X > 1 -> case X of {a, B} -> B; _ -> [Y || Y <- X, Y > 1] end.")), ?C(parse("f( -> .")), ?C(parse("-record(a, {b = 1 :: integer()}).")), ?C(parse("-spec f(a | [b]) -> #{c => d}.")),
     ?C(pp("f(X)->try X of 1->a catch error:R:S when R>1->{R,S} after ok end.")), ?C(pp("f()->fun(A,B)when A>B->A;(_,B)->B end.")), ?C(pp("f()->[{X,Y}||X<-[1],<<Y>><=Z],<<A:8/little,B/binary>>,#{a=>1,b:=2},R#r{x=1},begin a,b end,if A->1;true->2 end,receive X->X after 10->ok end.")), ?C(eval("lists:map(fun(X) -> X * 2 end, [1, 2, 3]).")), ?C(eval("F = fun F(0) -> 1; F(N) -> N * F(N - 1) end, F(20).")), ?C(eval("case {1, 2} of {A, B} when A < B -> [A, B | c] end.")), ?C(eval("[X || X <- [1, 2, 3], X rem 2 =:= 1].")), ?C(eval("<< <<X:4>> || X <- [1, 2] >>.")), ?C(eval("#{a => 1, b => 2}.")), ?C(eval("try error(x) catch error:R -> R end.")), ?C(eval("{X, X} = {1, 2}.")), ?C(eval("f(x).")), ?C(eval("Y + 1.")),
     ?C(eval("begin <<A:4, B/bits>> = <<16#ab>>, {A, B} end.")), ?C(eval("(fun({A, B}) -> A + B end)({1, 2}).")), ?C(eval("if 1 > 2 -> a end.")), ?C(eval("catch throw(x).")), ?C(eval("\"abc\" ++ [$d].")), ?C(erl_parse:abstract({a, [1, "b"], #{c => <<"d">>}})), ?C(erl_parse:normalise(erl_parse:abstract({a, [1, "b"]}))), ?C(erl_internal:bif(abs, 1)), ?C(lint("-module(m).\n-export([f/1]).\nf(X) -> Y.\ng() -> 1.")),
     ?C(element(1, beam_lib:info(<<"x">>))), ?C(beam_lib:chunks(<<"FOR1", 0, 0, 0, 4, "BEAM">>, [exports])), ?C(erl_anno:line(erl_anno:new({3, 4}))), ?C(erl_error:format_exception(error, badarg, [{m, f, [1], [{file, "m.erl"}, {line, 3}]}]))].

random() ->
    [?C(begin S = rand:seed_s(exsss, {1, 2, 3}), element(1, lists:mapfoldl(fun(_, A) -> rand:uniform_s(1000, A) end, S, lists:seq(1, 10))) end), ?C([element(1, rand:uniform_s(rand:seed_s(A, 42))) || A <- [exsss, exro928ss, exrop, exsp]]), ?C(element(1, rand:normal_s(rand:seed_s(exsss, 7)))), ?C(element(1, rand:uniform_s(1 bsl 70, rand:seed_s(exsss, 7)))), ?C(element(1, rand:bytes_s(10, rand:seed_s(exsss, 7)))), ?C(element(1, rand:uniform_real_s(rand:seed_s(exrop, 7)))), ?C(element(1, rand:uniform_s(5, rand:jump(rand:seed_s(exsss, 7))))), ?C(element(1, random:uniform_s({1, 2, 3}))), ?C(rand:uniform_s(0, rand:seed_s(exsss, 7))), ?C(begin rand:seed(exsss, 9), [rand:uniform(10) || _ <- [1, 2, 3, 4, 5]] end)].

scan(Text) -> erl_scan:string(Text).
parse(Text) -> {ok, Tokens, _} = erl_scan:string(Text), erl_parse:parse_form(Tokens).
pp(Text) -> {ok, Form} = parse(Text), lists:flatten(erl_pp:form(Form)).
eval(Text) ->
    {ok, Tokens, _} = erl_scan:string(Text),
    {ok, Expressions} = erl_parse:parse_exprs(Tokens),
    try erl_eval:exprs(Expressions, []) of
        {value, Value, Bindings} -> {Value, [N || {N, V} <- orddict:from_list(Bindings), not is_function(V)]}
    catch Class:Reason -> {Class, Reason} end.

forms(Text) -> forms(Text, 1).
forms(Text, Line) ->
    case erl_scan:tokens([], Text, Line) of
        {done, {ok, Tokens, Next}, Rest} -> {ok, Form} = erl_parse:parse_form(Tokens), [Form | forms(Rest, Next)];
        {more, _} -> {done, {ok, Tokens, _}, _} = erl_scan:tokens([], Text ++ "\n", Line), {ok, Form} = erl_parse:parse_form(Tokens), [Form]
    end.

lint(Text) -> erl_lint:module(forms(Text), "m.erl", [warn_unused_vars]).
