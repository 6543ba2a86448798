%% The Game of Life, each cell row a process.
-module(life).
-export([main/0, row/2]).

main() ->
    Rows = [".....", "..#..", "..#..", "..#..", "....."],
    show(0, Rows),
    run(Rows, 1, 3).

run(_, N, Max) when N > Max -> ok;
run(Rows, N, Max) ->
    Padded = [dead(Rows)] ++ Rows ++ [dead(Rows)],
    Pids = [spawn_monitor(?MODULE, row, [self(), lists:sublist(Padded, I, 3)]) || I <- lists:seq(1, length(Rows))],
    Next = [receive {row, P, R} -> receive {'DOWN', M, _, _, normal} -> R end end || {P, M} <- Pids],
    show(N, Next),
    run(Next, N + 1, Max).

dead([R | _]) -> lists:duplicate(length(R), $.).

row(Parent, [A, B, C]) ->
    Pad = fun(R) -> "." ++ R ++ "." end,
    Parent ! {row, self(), cells(Pad(A), Pad(B), Pad(C))}.

cells([_, _], [_, _], [_, _]) -> [];
cells([A1, A2, A3 | _] = A, [B1, B2, B3 | _] = B, [C1, C2, C3 | _] = C) ->
    N = length([X || X <- [A1, A2, A3, B1, B3, C1, C2, C3], X =:= $#]),
    Cell = case {B2, N} of {_, 3} -> $#; {$#, 2} -> $#; _ -> $. end,
    [Cell | cells(tl(A), tl(B), tl(C))].

show(N, Rows) -> io:format("generation ~p~n~s~n", [N, string:join(Rows, "\n")]).
