-module(format_cases).
-compile([no_copt, no_type_opt, no_ssa_opt, nowarn_export_all, export_all]).
-include("cases.hrl").

f(F, A) -> unicode:characters_to_binary(io_lib:format(F, A)).

term() -> #{a => [1, 2.5, "str", <<"bin">>, <<1:3>>], {x, y} => 'Quoted atom', "k" => #{1 => 2}}.

long() -> [{item, I, lists:duplicate(3, {I, "text", <<"bytes">>, 'an atom', 1.0e10})} || I <- lists:seq(1, 6)].

cases() ->
    [?C(f("~p ~w ~s ~ts~n", [a, "b", "c", "d€"])), ?C(f("~p", [long()])), ?C(f("~w", [long()])), ?C(f("~40p", [long()])), ?C(f("~120.5p|", [long()])),
     ?C(f("~P", [long(), 10])), ?C(f("~W", [long(), 7])), ?C(f("~tp", ["häß€"])), ?C(f("~p", ["häß€"])), ?C(f("~p", ["häß"])), ?C(f("~lp", ["abc"])), ?C(f("~p", [[1, 2, $a]])),
     ?C(f("~5w|~-5w|~5.3.0f|", [1, 2, 3.14159])), ?C(f("~10s|~-10s|~10.3s|~.3s", ["abc", "abc", "abcdef", "abcdef"])), ?C(f("~c~3c~tc", [$a, $b, 16#20AC])),
     ?C(f("~e ~f ~g ~.2e ~.3f ~.3g", [1.5, 1.5, 1.5, 1234.5, 1234.5, 1234.5])), ?C(f("~g ~g ~g", [0.0001, 1.0e10, 123456.789])), ?C(f("~10.4e|~15f|", [1.5, 2.5])),
     ?C(f("~b ~.16b ~.2B ~.36B", [10, 255, 5, 12345])), ?C(f("~.16x ~.10X", [255, "0x", 7, "#"])), ?C(f("~.16# ~.2#", [255, 5])), ?C(f("~+ ~.16+", [255, 31])),
     ?C(f("~i~w~~~n", [a, b])), ?C(f("~*w|~.*f", [5, a, 2, 1.234])), ?C(f("~s", [a])), ?C(f("~s", [<<"bin">>])), ?C(f("~s", [["io", [<<"list">>] | <<"!">>]])),
     ?C(f("~ts", [<<"€"/utf8>>])), ?C(f("~ts", [<<255>>])), ?C(f("~2w", [abc])), ?C(f("~-3w|", [abcd])), ?C(f("~3s", ["abcd"])),
     ?C(f("~p", [term()])), ?C(f("~w ~w ~w ~w", ['A', 'a b', 'ä', '€'])), ?C(f("~tw ~tp", ['€', '€'])), ?C(f("~p ~p ~p", ['case', 'a@b', '_x'])),
     ?C(f("~p", [<<"abc">>])), ?C(f("~p", [<<1, 2, 3>>])), ?C(f("~p", [<<"häß"/utf8>>])), ?C(f("~tp", [<<"häß€"/utf8>>])), ?C(f("~p", [<<"abc", 5:3>>])), ?C(f("~w", [<<"abc", 5:3>>])), ?C(f("~p", [<<>>])), ?C(f("~p", [""])), ?C(f("~p", [{}])),
     ?C(f("~p", [lists:seq(1, 100)])), ?C(f("~p", [lists:duplicate(30, "some text")])), ?C(f("~p", [list_to_binary(lists:duplicate(30, "some text "))])), ?C(f("~p", [lists:duplicate(100, $a)])), ?C(f("~p", [{lists:duplicate(100, $a), lists:duplicate(50, $b)}])),
     ?C(f("~p", ["a\nb\t\"\\\e\0"])), ?C(f("~p", ["a\x{7f}b"])), ?C(f("~p", [[a | b]])), ?C(f("~p", [[1, 2 | "x"]])), ?C(f("~w", [[1, 2 | 3]])), ?C(f("~p", [[[[[]]]]])), ?C(f("~p", [1.0])), ?C(f("~p", [[0.1, -0.0, 1.0e100, 123456789.123]])), ?C(f("~w", [-1])),
     ?C(f("~p", [#{}])), ?C(f("~p", [#{1 => #{2 => #{3 => lists:seq(1, 40)}}}])), ?C(f("~p", [maps:from_list([{I, {I, lists:seq(1, I)}} || I <- lists:seq(1, 12)])])), ?C(f("~w", [#{1 => a, 2 => b}])), ?C(f("~30p", [#{"long key number one" => "value one", "long key number two" => "value two"}])),
     ?C(f("~p", [{a, {b, {c, {d, {e, {f, {g, lists:seq(1, 30)}}}}}}}])), ?C(f("~20p", [{record, field_one, {another_record, "with text"}, [list, 'of', atoms, and_more]}])), ?C(f("~p", [fun lists:map/2])), ?C(f("~p ~p", [1 bsl 100, -(1 bsl 64)])),
     ?C(io_lib:fwrite("abc~n")), ?C(io_lib:print({a, "b", [1]}, 1, 20, -1)), ?C(io_lib:write({1, "a"}, 5)), ?C(io_lib:write_string("a\"b")), ?C(io_lib:write_atom('A b')), ?C(io_lib:write_char($a)), ?C(io_lib:write_char($\n)),
     ?C(io_lib:char_list([1, a])), ?C(io_lib:printable_list("abc\n")), ?C(io_lib:printable_unicode_list("€")), ?C(io_lib:deep_char_list(["a", [$b]])), ?C(io_lib:quote_atom(foo, [])), ?C(io_lib:indentation("ab\ncd", 3)),
     ?C(io_lib:format("~999999p", [lists:seq(1, 30)])), ?C(io_lib:scan_format("~5.3.0f~p", [1.0, a])), ?C(io_lib:unscan_format(io_lib:scan_format("~5.3.0f~p", [1.0, a]))), ?C(io_lib:build_text(io_lib:scan_format("~p~n", [a]))),
     ?C(io_lib:fread("~d ~s ~f", "12 abc 1.5 rest")), ?C(io_lib:fread("~d", "x")), ?C(io_lib:fread("~2c~a", "abfoo ")), ?C(io_lib:fread("~16u", "ff")), ?C(io_lib:fread([], "~d~d", "1")), ?C(io_lib:format_prompt(a)),
     ?C(lists:flatten(io_lib:format("~ts", [[$a, 1024]]))), ?C(io_lib:latin1_char_list("é")), ?C(io_lib:limit_term({a, [1, 2, 3, 4, 5, 6], "abcdefgh"}, 4)), ?C(f2("~p", [lists:seq(1, 100)], 30)), ?C(f2("~w", [lists:seq(1, 100)], 30)), ?C(f2("~s", [lists:duplicate(100, $x)], 10)),
     ?C(f2("~tp", [long()], 100)), ?C(f2("~p", [term()], 20)),
     ?C(io_lib_pretty:print({a, [b, c], #{d => e}}, 1, 10, -1)), ?C(io_lib_pretty:print({rec, 1, "x"}, fun(rec, 2) -> [f1, f2]; (_, _) -> no end)), ?C(io_lib_pretty:print(lists:seq(1, 20), [{column, 1}, {line_length, 20}, {depth, 10}])),
     ?SINCE(27, io_lib:format("~kp", [#{b => 1, a => 2}])), ?SINCE(27, io_lib:format("~Kp", [fun(A, B) -> A >= B end, #{b => 1, a => 2}]))
    ].

f2(F, A, Limit) -> unicode:characters_to_binary(io_lib:format(F, A, [{chars_limit, Limit}])).
