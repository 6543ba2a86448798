-module(numbers_cases).
-compile([no_copt, no_type_opt, no_ssa_opt, nowarn_export_all, export_all]).
-include("cases.hrl").

id(X) -> X.

big() -> id(1 bsl 100).

cases() ->
    [?C([erlang:phash2([{math:erf(X / 97), math:erfc(X / 97)} || X <- lists:seq(From, From + 99)]) || From <- lists:seq(-600, 2400, 100), From =/= 500, From =/= 1900]),
     ?C(erts_debug:flat_size(erlang:system_info(max_integer))), ?C(erlang:system_info(max_integer) - erlang:system_info(max_integer)),
     ?C(erlang:system_info(max_integer) + 1), ?C(begin D = lists:duplicate(1300000, $9), list_to_integer(D) end),
     ?C(string:to_integer(lists:duplicate(1300000, $9))), ?C(begin B = <<1, 0:4194240>>, <<N:4194248>> = B, N band 1 end),
     ?C(begin B = <<0, 1, 0:4194232>>, <<N:4194248>> = B, N bsr 4194230 end), ?C(float_to_list(2.9802322387695312e-8, [short])),
     ?C(float_to_binary(9007199254740991.0, [short])), ?C(float_to_binary(1.0e16, [short])), ?C(float_to_list(-0.0, [short])),
     ?C([erts_internal:term_type(T) || T <- [1, 1 bsl 70, -(1 bsl 70), 1.0, [], [a], {}, #{}, maps:from_keys(lists:seq(1, 40), x), a, self(), make_ref(),
                                             fun() -> ok end, fun lists:map/2, <<1>>, binary:copy(<<1>>, 100)]]),
     ?C(1 + id(2)),
     ?C(id(576460752303423487) + 1),
     ?C(id(-576460752303423488) - 1),
     ?C(id(1152921504606846975) + 1),
     ?C(id(-1152921504606846976) - 1),
     ?C(id(1152921504606846976) - 1),
     ?C(id(9223372036854775807) + 1),
     ?C(id(18446744073709551615) + 1),
     ?C(id(18446744073709551616) - 1),
     ?C(id(4294967296) * 4294967296),
     ?C(id(-4294967296) * 4294967296),
     ?C(id(123456789012345678901234567890) * id(-987654321098765432109876543210)),
     ?C(big() * big() div (big() - 1)),
     ?C(-big() div 7),
     ?C(-big() rem 7),
     ?C(id(-7) div 2),
     ?C(id(-7) rem 2),
     ?C(id(7) div -2),
     ?C(id(7) rem -2),
     ?C(id(7) div 0),
     ?C(id(7) rem 0),
     ?C(id(7) / 0),
     ?C(id(7) / 2),
     ?C(id(6) / 2),
     ?C(big() / 3),
     ?C((big() * big()) / big()),
     ?C((1 bsl id(2000)) / (1 bsl 1999)),
     ?C((1 bsl id(2000)) / 1.0),
     ?SINCE(27, id(a) + 1),
     ?C(1 - id("x")),
     ?C(id(1.5) * a),
     ?C(id(1.5) band 1),
     ?C(id(1) bsl id(-1)),
     ?C(id(1) bsr id(-3)),
     ?C(id(-1) bsr 1000),
     ?C(id(-5) bsr 1),
     ?C(id(1) bsl 64),
     ?C(big() bsr 99),
     ?C(-big() bsr 99),
     ?C(-big() bsr 101),
     ?C(big() band (big() - 1)),
     ?C(-big() band (big() bsl 3 - 1)),
     ?C(-big() bor 5),
     ?C(big() bxor -1),
     ?C(bnot big()),
     ?C(bnot id(0)),
     ?C(bnot id(1.0)),
     ?C(- id(-576460752303423488)),
     ?C(- id(a)),
     ?SINCE(27, + id(a)),
     ?C(abs(id(-576460752303423489))),
     ?SINCE(27, abs(id(-0.0))),
     ?C(abs(id(-1 bsl 80))),
     ?C(id(0.1) + 0.2),
     ?C(id(1.0e308) * 10),
     ?C(id(1.0e-320) / 10),
     ?C(id(-0.0)),
     ?SINCE(27, id(0.0) =:= id(-0.0)),
     ?C(id(0.0) == id(-0.0)),
     ?C(id(1) == id(1.0)),
     ?C(id(1) =:= id(1.0)),
     ?C(id(9007199254740993) == id(9007199254740992.0)),
     ?C(id(9007199254740993) < id(9007199254740992.0)),
     ?C(big() == id(1.2676506002282294e30)),
     ?C(big() + 1 > id(1.2676506002282294e30)),
     ?C(round(id(2.5))), ?C(round(id(-2.5))), ?C(round(id(0.49999999999999994))), ?C(round(id(4503599627370497.5))),
     ?C(round(id(1.0e30))), ?C(trunc(id(-2.7))), ?C(trunc(id(1.0e22))), ?C(floor(id(-2.5))), ?C(ceil(id(-2.5))),
     ?C(floor(id(1.0e25))), ?C(ceil(id(2.1))), ?C(round(id(a))), ?C(trunc(id("1"))), ?C(float(id(1 bsl 70))),
     ?C(float(1 bsl id(1024))),
     ?C(integer_to_list(id(-255), 16)),
     ?C(integer_to_list(big(), 36)),
     ?C(integer_to_binary(big() * big(), 2)),
     ?C(integer_to_list(1, 37)),
     ?C(integer_to_list(id(1.0))),
     ?C(list_to_integer("-00ff", 16)),
     ?C(list_to_integer("+12")), ?C([list_to_integer("")]), ?C([list_to_integer("1_000")]), ?C([list_to_integer(" 1")]),
     ?C(list_to_integer("zz", 36)),
     ?C(list_to_integer(lists:duplicate(300, $9))),
     ?C(binary_to_integer(<<"123456789012345678901234567890">>)),
     ?C([binary_to_integer(<<"12x">>)]),
     ?C(binary_to_integer(<<"-ff">>, 16)),
     ?C(list_to_float("1.5e-3")), ?C(list_to_float("1")), ?C(list_to_float("1.0e400")), ?C(list_to_float("-0.0")),
     ?C(list_to_float("1.0E+5")), ?C(list_to_float(".5")), ?C(list_to_float("5.")), ?C(binary_to_float(<<"2.5">>)),
     ?C(binary_to_float(<<"2">>)),
     ?C(float_to_list(id(0.1))), ?C(float_to_list(id(1.0e22), [short])), ?C(float_to_list(id(7.12), [{decimals, 4}])),
     ?C(float_to_list(id(7.12), [{decimals, 4}, compact])), ?C(float_to_list(id(7.0), [{decimals, 4}, compact])),
     ?C(float_to_list(id(0.0001), [{scientific, 3}])), ?C(float_to_binary(id(123456.789), [{decimals, 0}])),
     ?C(float_to_binary(id(0.5), [{decimals, 0}])), ?C(float_to_binary(id(1.5), [{decimals, 0}])),
     ?C(float_to_binary(id(1.0e300), [{decimals, 2}])),
     ?C(float_to_binary(id(-0.0), [{decimals, 1}])),
     ?C(float_to_list(id(1), [])), ?C(float_to_list(id(1.0), [{decimals, 254}])), ?C(float_to_list(id(1.0), [foo])),
     ?C([float_to_list(F, [short]) || F <- [1.0, 10.0, 1.0e15, 1.0e16, 1.0e17, 123456789.0, 0.1, 0.01, 0.001, 1.0e-4, 1.0e-5, 5.0e-324, 1.7976931348623157e308, 2.2250738585072014e-308, 9007199254740991.0, 9007199254740992.0, 9007199254740994.0, 1.2345e-7]]),
     ?C([erlang:float_to_list(F) || F <- [1.0, 0.1, 123.456, 1.0e100, -2.5e-10]]),
     ?C(math:pow(2, 0.5)), ?C(math:pow(2, 10)), ?C(math:sqrt(2)), ?C(math:sqrt(-1)), ?C(math:log(0)), ?C(math:log(2)),
     ?C(math:log2(8)), ?C(math:log10(1000)), ?C(math:exp(1)), ?C(math:exp(1000)), ?C(math:sin(1)), ?C(math:cos(1)),
     ?C(math:tan(1)), ?C(math:asin(1)), ?C(math:acos(2)), ?C(math:atan2(1, -1)), ?C(math:fmod(7.5, 2)), ?C(math:fmod(7, 0)),
     ?C(math:pi()), ?C(math:floor(2.5)), ?C(math:ceil(2.5)), ?C(math:erf(0.5)), ?C(math:sinh(1)), ?C(math:atanh(0.5)),
     ?C(math:pow(a, 1)), ?C(math:pow(-8, 1/3)), ?C(math:pow(10, 400)),
     ?C(min(1, 1.0)), ?C(max(1, 1.0)), ?C(max(1.0, 1)), ?C(min(a, "b")),
     ?C(erlang:phash2({1, big(), 1.5, "abc", <<1, 2:3>>, #{a => 1}})),
     ?C([erlang:phash2(T, 1000) || T <- [[], {}, #{}, <<>>, a, 0, -1, 1 bsl 64, 2.0, "x", fun lists:map/2]]),
     ?C(erlang:phash({1, big(), 1.5, "abc"}, 1 bsl 32)),
     ?C(factorial(200)),
     ?C(fib(300)),
     ?C(digits(2000)),
     ?C(gcd(factorial(50), 1 bsl 60)),
     ?C(is_integer(id(1.0))), ?C(is_number(big())),
     ?C(rand_walk(1000))
    ].

factorial(0) -> 1;
factorial(N) -> N * factorial(N - 1).

fib(N) -> fib(N, 0, 1).
fib(0, A, _) -> A;
fib(N, A, B) -> fib(N - 1, B, A + B).

digits(N) -> length(integer_to_list(1 bsl N)).

gcd(A, 0) -> A;
gcd(A, B) -> gcd(B, A rem B).

%% Operations on numbers of random sizes; each result is folded into a hash.
rand_walk(N) -> rand_walk(N, rand:seed_s(exsss, 42), []).

rand_walk(0, _, Acc) -> erlang:phash2(Acc);
rand_walk(N, S0, Acc) ->
    {A, S1} = number(S0),
    {B, S2} = number(S1),
    R = [calc(Op, A, B) || Op <- ['+', '-', '*', 'div', 'rem', 'band', 'bor', 'bxor', '/', '<', '==']],
    rand_walk(N - 1, S2, [erlang:phash2(R) | Acc]).

number(S0) ->
    {Bits, S1} = rand:uniform_s(200, S0),
    {N, S2} = rand:uniform_s(1 bsl Bits, S1),
    {Sign, S3} = rand:uniform_s(2, S2),
    {if Sign =:= 1 -> N; true -> -N end, S3}.

calc('+', A, B) -> A + B;
calc('-', A, B) -> A - B;
calc('*', A, B) -> A * B;
calc('div', A, B) -> A div B;
calc('rem', A, B) -> A rem B;
calc('band', A, B) -> A band B;
calc('bor', A, B) -> A bor B;
calc('bxor', A, B) -> A bxor B;
calc('/', A, B) -> A / B;
calc('<', A, B) -> A < B;
calc('==', A, B) -> float(A) == B.
