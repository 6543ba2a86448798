-module(bits_cases).
-compile([no_copt, no_type_opt, no_ssa_opt, nowarn_export_all, export_all]).
-include("cases.hrl").

id(X) -> X.

cases() ->
    [?C([huge_tail(id(B)) || B <- [<<1>>, <<1, 0:64>>, <<>>]]), ?C([huge_rest(id(B)) || B <- [<<1>>, <<1, 0:64>>]]),
     ?C(<<(id(1)), (id(256)), (id(-1))>>), ?C(<<(id(1)):3, (id(5)):4>>), ?C(<<(id(16#123456)):24/little>>),
     ?C(<<(id(1)):16/native>> =/= <<>>), ?C(<<(id(-2)):13/signed-little>>), ?C(<<(id(1 bsl 100)):100>>), ?C(<<(id(1 bsl 100)):128/little>>),
     ?C(<<(id(-(1 bsl 70))):75>>), ?C(<<(id(1.5))/float>>), ?C(<<(id(1.5)):32/float-little>>), ?C(<<(id(1.5)):16/float>>),
     ?C(<<(id(3))/float>>), ?C(<<(id(a))/float>>), ?C(<<(id(1.0e300)):32/float>>), ?C(<<(id(a)):8>>), ?C(<<(id(1.0)):8>>),
     ?C(<<(id(1)):(id(-1))>>), ?C(<<(id(1)):(id(a))>>), ?C(<<(id(<<"ab">>))/binary, "cd">>), ?C(<<(id(<<1:3>>))/binary>>),
     ?C(<<(id(<<1:3>>))/bitstring, 1:5>>), ?C(<<(id(<<"abcd">>)):2/binary>>), ?C(<<(id(<<"abcd">>)):5/binary>>),
     ?C(<<(id(x))/binary>>), ?C(<<(id(16#20AC))/utf8>>), ?C(<<(id(16#1F600))/utf16>>), ?C(<<(id(16#1F600))/utf16-little>>),
     ?C(<<(id(16#1F600))/utf32>>), ?C(<<(id(16#D800))/utf8>>), ?C(<<(id(16#110000))/utf8>>), ?C(<<"häßlich €"/utf8>>),
     ?C(<<"€"/utf16>>), ?C(<<(id(1)):1, (id(<<255>>))/binary>>), ?C(<<<<X:4>> || X <- [1, 2, 3]>>), ?C(<<<<X>> || <<X:4>> <= <<16#abcd:16>>>>),
     ?C([X || <<X:3>> <= <<16#abcd:16>>]), ?C(<<<<X/binary, 0>> || X <- [<<"a">>, <<"bc">>]>>),
     ?C([X || <<X/utf8>> <= <<"aé€😀"/utf8>>]), ?C([{A, B} || <<A:4, B:4/signed>> <= <<16#1f, 16#2e>>]),
     ?C(begin <<A:8, B:16/little, C/binary>> = id(<<1, 2, 3, 4, 5>>), {A, B, C} end),
     ?C(begin <<A:3, B/bitstring>> = id(<<255, 1:2>>), {A, B} end),
     ?C(begin <<N, D:N/binary, R/binary>> = id(<<2, "abcd">>), {D, R} end),
     ?C(begin <<N, D:N/binary>> = id(<<9, "abcd">>), D end),
     ?C(begin <<A:4/signed-unit:4, _/bits>> = id(<<16#fffe:16>>), A end),
     ?C(begin <<A:64/float, B:32/float-little>> = id(<<1.5/float, 2.5:32/float-little>>), {A, B} end),
     ?C(begin <<A:16/float>> = id(<<16#3e00:16>>), A end),
     ?C(begin <<A/float>> = id(<<16#7ff0000000000000:64>>), A end),
     ?C(begin <<A:100, _/bits>> = id(<<(1 bsl 99):100, 1:4>>), A end),
     ?C(begin <<A:100/little-signed, _/bits>> = id(<<-5:100/little-signed, 1:4>>), A end),
     ?C(begin <<_:5, A:70/signed, _/bits>> = id(<<1:5, -12345678901234567890:70, 1:5>>), A end),
     ?C(begin <<_:5, A:70/little, _/bits>> = id(<<1:5, 12345678901234567890:70/little, 1:5>>), A end),
     ?C(begin <<_:3, A:33/little-signed, _/bits>> = id(<<1:3, -77:33/little, 1:4>>), A end),
     ?C(begin <<_:3, "bc", R/bits>> = id(<<1:3, "bcd">>), R end),
     ?C(begin <<_:3, A:2/binary, R/bits>> = id(<<1:3, "bcd">>), {A, R} end),
     ?C(begin <<A/utf8, B/utf16, C/utf32>> = id(<<16#20AC/utf8, 16#1F600/utf16, 97/utf32>>), {A, B, C} end),
     ?C(begin <<A/utf8, _/binary>> = id(<<16#ed, 16#a0, 16#80>>), A end),
     ?C(begin <<A/utf8, _/binary>> = id(<<16#c0, 16#80>>), A end),
     ?C(bit_size(id(<<1:13>>))), ?C(byte_size(id(<<1:13>>))), ?C(bit_size(id(a))), ?C(size(id(<<1:13>>))), ?C(size(id({1, 2}))),
     ?C(split_binary(<<"abcdef">>, 2)), ?C(split_binary(<<"abcdef">>, 9)), ?C(binary_part(<<"abcdef">>, 2, 3)),
     ?C(binary_part(<<"abcdef">>, {6, -2})), ?C(binary_part(<<"abcdef">>, 5, 3)), ?C(binary:part(<<"abc">>, 1, 1)),
     ?C(bitstring_to_list(<<1, 2, 3:4>>)), ?C(list_to_bitstring([1, <<2:4>>, <<3:4>>])), ?C(list_to_bitstring([1, <<2:4>>, 3])),
     ?C(binary_to_list(<<"abcdef">>, 2, 4)), ?C(binary_to_list(<<"abc">>, 0, 2)), ?C(binary_to_list(id(<<1:4>>))),
     ?C(is_binary(id(<<1:4>>))), ?C(is_bitstring(id(<<1:4>>))),
     ?C(binary:match(<<"hello world">>, <<"o">>)), ?C(binary:match(<<"hello">>, [<<"lo">>, <<"l">>])), ?C(binary:match(<<"a">>, <<>>)),
     ?C(binary:matches(<<"abcabc">>, [<<"bc">>, <<"b">>])), ?C(binary:matches(<<"aaa">>, <<"aa">>)),
     ?C(binary:match(<<"hello">>, <<"l">>, [{scope, {4, -2}}])), ?C(binary:match(<<"hello">>, <<"l">>, [{scope, {4, 9}}])),
     ?C(binary:split(<<"a,b,c">>, <<",">>)), ?C(binary:split(<<"a,b,,c,">>, <<",">>, [global])),
     ?C(binary:split(<<"a,b,,c,">>, <<",">>, [global, trim_all])), ?C(binary:split(<<"a,b,,c,">>, [<<",">>, <<"b">>], [global, trim])),
     ?C(binary:replace(<<"a.b.c">>, <<".">>, <<"--">>, [global])), ?C(binary:replace(<<"abc">>, <<"b">>, <<"[]">>, [{insert_replaced, 1}])),
     ?C(binary:replace(<<"abc">>, <<"b">>, fun(X) -> <<X/binary, X/binary>> end)),
     ?C(binary:at(<<"abc">>, 1)), ?C(binary:at(<<"abc">>, 3)), ?C(binary:first(<<>>)), ?C(binary:last(<<"abc">>)),
     ?C(binary:copy(<<"ab">>, 3)), ?C(binary:copy(<<"ab">>, -1)), ?C(binary:longest_common_prefix([<<"abc">>, <<"abd">>])),
     ?C(binary:longest_common_suffix([<<"abc">>, <<"xbc">>])), ?C(binary:bin_to_list(<<"abc">>, 1, 2)), ?C(binary:list_to_bin([1, "a"])),
     ?C(binary:encode_unsigned(1 bsl 70)), ?C(binary:encode_unsigned(258, little)), ?C(binary:encode_unsigned(-1)), ?C(binary:encode_unsigned(0)),
     ?C(binary:decode_unsigned(<<1, 2, 3>>)), ?C(binary:decode_unsigned(<<1, 2, 3>>, little)), ?C(binary:decode_unsigned(<<>>)),
     ?C(binary:encode_hex(<<1, 171>>)), ?C(binary:decode_hex(<<"01aB">>)), ?C(binary:decode_hex(<<"01a">>)),
     ?C(binary:compile_pattern(<<>>)), ?C(binary:match(<<"x">>, binary:compile_pattern([<<"x">>, <<"y">>]))),
     ?C(<<1, 2>> < <<1, 2, 0>>), ?C(<<1:1>> < <<0:2>>), ?C(<<2:2>> == <<1:1, 0:1>>), ?C(lists:sort([<<>>, <<0>>, <<0:1>>, <<1>>, <<1:7>>])),
     ?C(sum_bytes(list_to_binary(lists:seq(0, 255)), 0)), ?C(parse_packets(<<3, "abc", 0, 2, "de">>)), ?C(parse_packets(<<3, "ab">>)),
     ?C(count_bits(<<16#f0f0:16, 5:3>>, 0)), ?C(reverse_bits(<<16#abc:12>>)), ?C(append_loop(1000)), ?C(bit_append_loop(100)),
     ?C(accept(<<1:7>>)), ?C(random_fields(300)), ?C(erlang:crc32(<<"hello">>)), ?C(erlang:adler32(<<"hello">>)),
     ?C(erlang:md5(<<"hello">>)), ?C(erlang:crc32(id(<<1:4>>))), ?C(erlang:md5_final(erlang:md5_update(erlang:md5_init(), "abc"))),
     ?C(unicode:characters_to_binary("aé€😀")), ?C(unicode:characters_to_list(<<"aé€"/utf8>>)), ?C(unicode:characters_to_binary([<<"a">>, 16#20AC, [<<"ü"/utf8>>]])),
     ?C(unicode:characters_to_binary([16#D800])), ?C(unicode:characters_to_list(<<255, 97>>)), ?C(unicode:characters_to_list(<<"€"/utf8, 16#e2, 16#82>>)),
     ?C(unicode:characters_to_binary(<<"aé">>, latin1)), ?C(unicode:characters_to_binary("aé", unicode, {utf16, little})), ?C(unicode:characters_to_binary(a)),
     ?C(unicode:characters_to_nfd_list("Åé")), ?C(unicode:characters_to_nfc_binary([$A, 778])), ?C(unicode:characters_to_nfkc_list("ﬁ")),
     ?C(unicode:bom_to_encoding(<<239, 187, 191>>))
    ].

sum_bytes(<<B, Rest/binary>>, A) -> sum_bytes(Rest, A + B);
sum_bytes(<<>>, A) -> A.

parse_packets(<<L, P:L/binary, Rest/binary>>) -> [P | parse_packets(Rest)];
parse_packets(<<>>) -> [].

count_bits(<<1:1, R/bits>>, N) -> count_bits(R, N + 1);
count_bits(<<0:1, R/bits>>, N) -> count_bits(R, N);
count_bits(<<>>, N) -> N.

reverse_bits(<<B:1, R/bits>>) -> <<(reverse_bits(R))/bits, B:1>>;
reverse_bits(<<>>) -> <<>>.

append_loop(N) ->
    B = lists:foldl(fun(I, A) -> <<A/binary, I:16>> end, <<>>, lists:seq(1, N)),
    C = <<B/binary, 1>>,
    D = <<B/binary, 2>>,
    {byte_size(B), erlang:md5(B), C =:= D, binary:last(C), binary:last(D)}.

bit_append_loop(N) ->
    lists:foldl(fun(I, A) -> <<A/bits, I:3>> end, <<>>, lists:seq(1, N)).

accept(<<A:8, _/bits>>) -> A.

%% Fields of random sizes, written and read again.
random_fields(N) -> random_fields(N, rand:seed_s(exsss, 7), []).

random_fields(0, _, Acc) -> erlang:phash2(Acc);
random_fields(N, S0, Acc) ->
    {Size, S1} = rand:uniform_s(140, S0),
    {V0, S2} = rand:uniform_s(1 bsl Size, S1),
    {Pre, S3} = rand:uniform_s(17, S2),
    V = V0 - 1,
    B = <<0:Pre, V:Size, V:Size/little, (-V):Size/signed, 1.5/float, 5:3>>,
    <<0:Pre, V:Size, V:Size/little, M:Size/signed, F/float, R/bits>> = B,
    <<0:Pre, X:Size/signed-little, _/bits>> = B,
    random_fields(N - 1, S3, [{B, M, X, F, R} | Acc]).

%% Sizes that nothing has.
huge_tail(<<B:8, _:16#10000000000000000>>) -> B;
huge_tail(_) -> none.

huge_rest(<<B:8, _:16#100000000, _/bits>>) -> B;
huge_rest(<<B:8, _/bits>>) -> {rest, B}.
