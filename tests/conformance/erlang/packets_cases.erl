%% Packets out of bytes: every form, whole, cut short, too long and wrong.
-module(packets_cases).
-compile([nowarn_export_all, export_all]).
-include("cases.hrl").

p(Type, Bytes) -> erlang:decode_packet(Type, Bytes, []).
p(Type, Bytes, Options) -> erlang:decode_packet(Type, Bytes, Options).

%% What every beginning of some bytes gives.
cut(Type, Bytes) -> [p(Type, binary:part(Bytes, 0, N)) || N <- lists:seq(0, byte_size(Bytes))].

%% Each line with an end of line, and with the beginning of another line behind that.
lines(Type, Lines) -> [{p(Type, <<L/binary, "\r\n">>), p(Type, <<L/binary, "\nX">>)} || L <- Lines].

fields() ->
    [<<"Cache-Control">>, <<"Connection">>, <<"Date">>, <<"Pragma">>, <<"Transfer-Encoding">>, <<"Upgrade">>, <<"Via">>, <<"Accept">>,
     <<"Accept-Charset">>, <<"Accept-Encoding">>, <<"Accept-Language">>, <<"Authorization">>, <<"From">>, <<"Host">>,
     <<"If-Modified-Since">>, <<"If-Match">>, <<"If-None-Match">>, <<"If-Range">>, <<"If-Unmodified-Since">>, <<"Max-Forwards">>,
     <<"Proxy-Authorization">>, <<"Range">>, <<"Referer">>, <<"User-Agent">>, <<"Age">>, <<"Location">>, <<"Proxy-Authenticate">>,
     <<"Public">>, <<"Retry-After">>, <<"Server">>, <<"Vary">>, <<"Warning">>, <<"Www-Authenticate">>, <<"Allow">>, <<"Content-Base">>,
     <<"Content-Encoding">>, <<"Content-Language">>, <<"Content-Length">>, <<"Content-Location">>, <<"Content-Md5">>,
     <<"Content-Range">>, <<"Content-Type">>, <<"Etag">>, <<"Expires">>, <<"Last-Modified">>, <<"Accept-Ranges">>, <<"Set-Cookie">>,
     <<"Set-Cookie2">>, <<"X-Forwarded-For">>, <<"Cookie">>, <<"Keep-Alive">>, <<"Proxy-Connection">>, <<"Te">>, <<"X-Own">>].

cases() ->
    [?C(p(raw, <<>>)), ?C(p(raw, <<"ab">>)), ?C(p(0, <<"ab">>)), ?C(cut(1, <<3, "abcd">>)), ?C(cut(2, <<0, 3, "abcd">>)),
     ?C(cut(4, <<0, 0, 0, 3, "abcd">>)), ?C(p(4, <<255, 255, 255, 255, 1>>)), ?C(p(1, <<5, "abcde">>, [{packet_size, 4}])),
     ?C(p(3, <<"abc">>)), ?C(p(foo, <<"abc">>)), ?C(p(1, <<1:3>>)), ?C(p(1, "abc")), ?C(p(1, <<0>>, [foo])), ?C(p(1, <<0>>, [{packet_size, -1}])),
     ?C(cut(line, <<"ab\ncd">>)), ?C(p(line, <<"abcdef\n">>, [{line_length, 3}])), ?C(p(line, <<"abcdef">>, [{line_length, 3}])),
     ?C(p(line, <<"abcdef\n">>, [{packet_size, 3}])), ?C(p(line, <<"ab|cd">>, [{line_delimiter, $|}])),
     ?C(cut(asn1, <<16#30, 3, "abcd">>)), ?C(cut(asn1, <<16#1f, 16#81, 1, 16#82, 0, 2, "abc">>)),
     ?C(p(asn1, <<16#30, 16#85, 1, 0, 0, 0, 0, 0>>)), ?C(cut(sunrm, <<128, 0, 0, 2, "abc">>)),
     ?C(cut(cdr, <<"GIOP", 1, 0, 0, 0, 2:32, "abc">>)), ?C(cut(cdr, <<"GIOP", 1, 0, 1, 0, 2:32/little, "abc">>)),
     ?C(p(cdr, <<"GIOX", 1, 0, 1, 0, 2:32/little, "abc">>)), ?C(cut(fcgi, <<1, 1, 0:16, 2:16, 3, 0, "abPPPcd">>)),
     ?C(p(fcgi, <<2, 1, 0:16, 2:16, 3, 0, "abPPPcd">>)), ?C(cut(tpkt, <<3, 0, 6:16, "abcd">>)), ?C(p(tpkt, <<4, 0, 6:16, "ab">>)),
     ?C(p(tpkt, <<3, 0, 2:16, "ab">>)), ?C(cut(ssl_tls, <<22, 3, 1, 3:16, "abcd">>)),
     ?C([p(ssl_tls, <<1:1, N:15, 1, 3, 1, "abcdefg">>) || N <- [0, 2, 3, 4, 8, 11]]), ?C([p(ssl_tls, <<1:1, 8:15, 1, 3, 1, "abcdefg">>, [{packet_size, N}]) || N <- [4, 5, 9]]),
     ?C(lines(httph, [<<"content--type: a">>, <<"content---type: a">>, <<"-a--b-: c">>, <<"A-----b: c">>])),
     ?C(cut(http, <<"GET / HTTP/1.1\r\nHost">>)), ?C(cut(httph, <<"A: b\r\n c\r\nD">>)), ?C(cut(httph_bin, <<"\r\nD">>)), ?C(p(httph, <<"\n">>)),
     ?C(p(http, <<"GET / HTTP/1.1\r\n">>, [{packet_size, 5}])), ?C(p(httph, <<"A: bcdef">>, [{packet_size, 5}])),
     ?C(lines(http, [<<M/binary, " / HTTP/1.0">> || M <- [<<"OPTIONS">>, <<"GET">>, <<"HEAD">>, <<"POST">>, <<"PUT">>, <<"DELETE">>, <<"TRACE">>, <<"PATCH">>, <<"get">>]])),
     ?C(lines(http_bin, [<<"GET ", U/binary, " HTTP/1.1">> || U <- [<<"*">>, <<"/a?b=c">>, <<"http://h">>, <<"http://h/">>, <<"HTTPS://h:99/p">>, <<"http://h:x/p">>, <<"http://[::1]:80/p">>, <<"http://[::1]/p">>, <<"http://[::1]x:80/p">>, <<"http://[::1:80/p">>, <<"http://[]:7">>, <<"foo:bar">>, <<"foo">>, <<"ftp://h/p">>]])),
     ?C(lines(http, [<<"GET /">>, <<"GET">>, <<"GET ">>, <<>>, <<" GET / HTTP/1.1">>, <<"GET / HTTP/1">>, <<"GET / FOO/1.1">>, <<"GET  /  HTTP/2.34">>, <<"G(T / HTTP/1.1">>])),
     ?C(lines(http, [<<"HTTP/1.1 200 OK">>, <<"HTTP/1.0 404  Not found">>, <<"HTTP/1.1 204 ">>, <<"HTTP/x">>, <<"HTTP/1.1">>, <<"HTTP/1.1 x">>])),
     ?C(lines(httph, [<<F/binary, ": v">> || F <- fields()])),
     ?C(lines(httph_bin, [<<"hOsT:x">>, <<"x-own-FIELD :  y">>, <<"a.b: c">>, <<"a">>, <<": x">>, <<"a b: c">>, <<"1: 2">>, <<"A:">>])),
     ?C(lines(httph, [<<(binary:copy(<<"aB">>, N))/binary, "-cD: x">> || N <- [5, 8, 9, 10, 20, 24, 25, 30]]))].
