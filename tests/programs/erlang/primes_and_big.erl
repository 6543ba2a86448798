%% Big integers and number theory: sieve, Miller-Rabin, factorials, digits of pi, modular arithmetic.
-module(primes_and_big).
-export([main/0]).

main() ->
    io:format("~p~n", [sieve(50)]),
    io:format("~p~n", [lists:foldl(fun erlang:'*'/2, 1, lists:seq(1, 60))]),
    io:format("~p~n", [[N || N <- [97, 561, 7919, 1000000007, 1000000011, (1 bsl 61) - 1, (1 bsl 67) - 1], probable_prime(N)]]),
    io:format("~p~n", [pow_mod(3, 1 bsl 100, 1000000007)]),
    io:format("~s~n", [pi_digits(40)]),
    io:format("~p~n", [(1 bsl 130) band ((1 bsl 70) - 1 bxor 16#FFFF)]),
    io:format("~p ~p~n", [-(1 bsl 80) div 12345, -(1 bsl 80) rem 12345]),
    io:format("~p~n", [integer_to_list(1 bsl 99, 36)]),
    io:format("~p~n", [list_to_integer("123456789012345678901234567890") * -3]),
    io:format("~p~n", [float(1 bsl 70)]),
    io:format("~p~n", [(1 bsl 64) =:= 18446744073709551616]),
    io:format("~p~n", [trunc(1.0e25)]),
    io:format("~p~n", [erlang:length(integer_to_list(fib(1000)))]).

sieve(N) -> sieve(lists:seq(2, N), []).
sieve([], Acc) -> lists:reverse(Acc);
sieve([P | T], Acc) -> sieve([X || X <- T, X rem P =/= 0], [P | Acc]).

pow_mod(_, 0, _) -> 1;
pow_mod(B, E, M) when E rem 2 =:= 0 -> pow_mod(B * B rem M, E div 2, M);
pow_mod(B, E, M) -> B * pow_mod(B, E - 1, M) rem M.

probable_prime(N) -> lists:all(fun(A) -> A rem N =:= 0 orelse witness(A, N) end, [2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37]).

witness(A, N) ->
    {D, S} = split(N - 1, 0),
    X = pow_mod(A rem N, D, N),
    X =:= 1 orelse X =:= N - 1 orelse squares(X, S - 1, N).

squares(_, 0, _) -> false;
squares(X, S, N) ->
    case X * X rem N of
        Y when Y =:= N - 1 -> true;
        Y -> squares(Y, S - 1, N)
    end.

split(D, S) when D rem 2 =:= 0 -> split(D div 2, S + 1);
split(D, S) -> {D, S}.

pi_digits(N) -> pi_digits(1, 0, 1, 1, 3, 3, N, []).
pi_digits(_, _, _, _, _, _, 0, Acc) -> lists:reverse(Acc);
pi_digits(Q, R, T, K, M, X, N, Acc) when 4 * Q + R - T < M * T ->
    pi_digits(10 * Q, 10 * (R - M * T), T, K, (10 * (3 * Q + R)) div T - 10 * M, X, N - 1, [$0 + M | Acc]);
pi_digits(Q, R, T, K, _, X, N, Acc) ->
    pi_digits(Q * K, (2 * Q + R) * X, T * X, K + 1, (Q * (7 * K + 2) + R * X) div (T * X), X + 2, N, Acc).

fib(N) -> fib(N, 0, 1).
fib(0, A, _) -> A;
fib(N, A, B) -> fib(N - 1, B, A + B).
