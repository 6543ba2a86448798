%% Files: raw ones, those with a process of their own, folders, and the errors of POSIX.
-module(file_cases).
-export([cases/0]).

cases() ->
    [{setup, fun setup/0}, {whole_files, fun whole_files/0}, {raw_reading, fun raw_reading/0}, {raw_writing, fun raw_writing/0},
     {open_errors, fun open_errors/0}, {append, fun append/0}, {read_write, fun read_write/0}, {folders, fun folders/0},
     {renaming, fun renaming/0}, {current_folder, fun current_folder/0}, {file_info, fun file_info/0}, {filelib, fun filelib_cases/0},
     {terms, fun terms/0}, {io_files, fun io_files/0}, {lines, fun lines/0}, {names, fun names/0}, {upwards, fun upwards/0}, {copy, fun copy/0},
     {owner_ends, fun owner_ends/0}, {crash_report, fun crash_report/0}].

attempt(F) ->
    try F() catch Class:Reason -> {Class, Reason} end.

setup() ->
    Root = "/tmp/orrery_file_cases_" ++ os:getpid(),
    file:make_dir("/tmp"),
    {file:make_dir(Root), file:set_cwd(Root)}.

whole_files() ->
    {file:write_file("a", "hello"), file:read_file("a"), file:read_file("nope"), file:read_file("."), file:read_file("a/b"),
     file:write_file("a", [<<"x">>, "yz", [[$!]]]), file:read_file("a"), file:write_file("v", "1", [append]), file:write_file("v", "2", [append]),
     file:read_file("v"), file:write_file("no/where", "x"), file:write_file(".", "x"), file:delete("v"), file:delete("v"), file:delete(".")}.

raw_reading() ->
    ok = file:write_file("r", "hello"),
    {ok, F} = file:open("r", [read, raw, binary]),
    R = [file:read(F, 2), file:position(F, cur), file:position(F, {eof, -1}), file:read(F, 10), file:read(F, 10), file:write(F, "x"), file:pread(F, 1, 3),
         file:pread(F, 10, 3), file:position(F, -1), file:position(F, {cur, -100}), file:position(F, {bof, 1}), file:read(F, 0), file:read(F, 100),
         file:pread(F, [{0, 1}, {3, 9}, {7, 1}]), file:close(F), file:read(F, 1), file:close(F)],
    R.

raw_writing() ->
    {ok, W} = file:open("w", [write, raw]),
    [file:write(W, ["ab", <<"cd">>]), file:pwrite(W, 10, "z"), file:read(W, 1), file:position(W, 2), file:truncate(W), file:sync(W), file:datasync(W),
     file:close(W), file:read_file("w"), element(1, file:open("w", [write, raw])), file:read_file("w")].

open_errors() ->
    [element_or(file:open(N, M)) || {N, M} <- [{"nope", [read, raw]}, {".", [read, raw]}, {"r", [write, exclusive, raw]}, {"x/y", [write, raw]},
                                               {"r", [foo]}, {foo, [read, raw]}, {"r", foo}]].

element_or({ok, _}) -> ok;
element_or(X) -> X.

append() ->
    ok = file:write_file("p", "ab"),
    {ok, A} = file:open("p", [append, raw]),
    {file:write(A, "++"), file:position(A, 0), file:write(A, "--"), file:close(A), file:read_file("p")}.

read_write() ->
    ok = file:write_file("rw", "abcdef"),
    {ok, F} = file:open("rw", [read, write, raw, binary]),
    {file:read(F, 2), file:write(F, "!"), file:read(F, 100), file:position(F, bof), file:write(F, "?"), file:close(F), file:read_file("rw")}.

folders() ->
    {file:make_dir("d"), file:make_dir("d"), file:make_dir("n/m"), file:list_dir("d"), file:list_dir("a"), file:list_dir("nope"), file:write_file("d/f", "1"),
     file:list_dir("d"), file:del_dir("d"), file:delete("d/f"), file:del_dir("d"), file:del_dir("d"), file:del_dir("a"),
     file:make_dir("d"), file:delete("d"), file:make_dir("d/e"), file:write_file("d/e/f", ""), file:del_dir_r("d"), filelib:is_dir("d")}.

renaming() ->
    ok = file:write_file("from", "1"),
    ok = file:write_file("other", "2"),
    ok = file:make_dir("dir"),
    ok = file:write_file("dir/in", "3"),
    {file:rename("from", "to"), file:rename("nope", "to"), file:rename("to", "dir"), file:rename("to", "other"), file:read_file("other"),
     file:rename("dir", "moved"), file:read_file("moved/in"), file:rename("moved", "moved/x"), file:rename("other", "x/y"), filelib:is_file("dir")}.

current_folder() ->
    {ok, Old} = file:get_cwd(),
    ok = file:make_dir("inner"),
    R = {file:set_cwd("inner"), file:write_file("here", "x"), file:set_cwd(".."), file:read_file("inner/here"), file:set_cwd("nope"), file:set_cwd("a"),
         file:get_cwd() =:= {ok, Old}, filename:absname("x") =:= filename:join(Old, "x"), file:read_file("./inner/../inner//here")},
    R.

file_info() ->
    ok = file:write_file("i", "12345"),
    {ok, {file_info, Size, Type, Access, _, Modified, _, _, _, _, _, _, _, _}} = file:read_file_info("i"),
    {ok, {file_info, _, DirType, _, _, _, _, _, _, _, _, _, _, _}} = file:read_file_info("."),
    {Size, Type, Access, is_tuple(Modified), DirType, file:read_file_info("nope"), file:read_link("i"), file:read_link("nope"),
     element(1, file:read_link_info("i")), is_integer(element(6, element(2, file:read_file_info("i", [{time, posix}])))), file:change_mode("i", 8#600)}.

filelib_cases() ->
    {filelib:is_regular("i"), filelib:is_dir("."), filelib:file_size("i"), filelib:file_size("nope"), filelib:ensure_dir("p1/q1/r1"), filelib:is_dir("p1/q1"),
     lists:member("i", filelib:wildcard("*")), filelib:wildcard("i*"), filelib:wildcard("nope/*"), filelib:ensure_path("p2/q2"), filelib:is_dir("p2/q2")}.

terms() ->
    ok = file:write_file("t", "{a,1}.\n[b].\n"),
    ok = file:write_file("bad", "{a,"),
    {file:consult("t"), element(1, file:consult("bad")), file:consult("nope"), file:path_consult(["nope", "."], "t") =/= x, file:eval("t")}.

io_files() ->
    {ok, F} = file:open("io", [write]),
    A = [io:format(F, "~w ~ts~n", [x, "y"]), file:write(F, "z\n"), io:put_chars(F, "last"), file:position(F, cur), file:close(F)],
    {ok, G} = file:open("io", [read]),
    B = [io:get_line(G, ''), file:read(G, 1), io:get_chars(G, '', 2), file:position(G, bof), io:read(G, ''), file:read(G, 100), file:read(G, 1),
         file:close(G), file:read(G, 1)],
    {ok, U} = file:open("utf", [write, {encoding, utf8}]),
    ok = io:put_chars(U, [1080, 8364, $\n]),
    ok = file:close(U),
    {ok, V} = file:open("utf", [read, {encoding, utf8}]),
    C = [io:get_line(V, ''), file:close(V), file:read_file("utf")],
    {A, B, C, element_or(file:open("nope", [read]))}.

lines() ->
    ok = file:write_file("l", "one\ntwo\n\nlast"),
    [begin
         {ok, F} = file:open("l", M),
         R = [file:read_line(F) || _ <- [1, 2, 3, 4, 5]],
         file:close(F),
         R
     end || M <- [[read], [read, raw], [read, raw, binary, read_ahead], [read, binary]]].

names() ->
    [attempt(F) || F <- [fun() -> file:read_file([300]) end, fun() -> file:read_file("a\0b") end, fun() -> file:read_file(1) end, fun() -> file:write_file([1080], "x") end,
                         fun() -> file:read_file([1080]) end, fun() -> file:read_file(<<"a">>) end, fun() -> file:write_file(foo, "x") end,
                         fun() -> file:read_file("foo") end, fun() -> lists:member([1080], element(2, file:list_dir("."))) end,
                         fun() -> file:read_file(["a" | "b"]) end, fun() -> file:read_file([$i, ["o"]]) end]].

%% Only folders have something above them, and only folders end with a slash.
upwards() ->
    ok = file:write_file("up", "u"),
    ok = file:make_dir("updir"),
    [attempt(F) || F <- [fun() -> file:read_file("updir/../up") end, fun() -> file:read_file("up/../up") end, fun() -> file:read_file("nope/../up") end, fun() -> file:read_file("up/../..") end,
                         fun() -> file:read_file("up/") end, fun() -> file:read_file("updir/./../updir/../up") end, fun() -> filelib:is_file("up/..") end, fun() -> filelib:is_dir("updir/..") end,
                         fun() -> file:list_dir("updir/") end, fun() -> filelib:wildcard("up*/..") end, fun() -> file:make_dir("new/") end, fun() -> file:del_dir("updir/") end, fun() -> file:read_file("..up") end]].

copy() ->
    ok = file:write_file("c1", lists:duplicate(100000, $x)),
    {file:copy("c1", "c2"), filelib:file_size("c2"), file:copy("c1", "c3", 10), file:read_file("c3"), file:copy("nope", "c4")}.

owner_ends() ->
    Self = self(),
    spawn(fun() -> {ok, F} = file:open("i", [read, raw]), Self ! {file, F}, receive never -> ok end end),
    F = receive {file, X} -> X end,
    attempt(fun() -> file:read(F, 1) end).

%% The text of a crash report and whom it goes to.
crash_report() ->
    Old = erlang:system_flag(system_logger, self()),
    P = spawn(fun() -> error(boom) end),
    A = receive {log, Level, Format, [P, {Reason, Stack}], Meta} ->
            {Level, Format, Reason, is_list(Stack), lists:sort(maps:keys(Meta)), maps:get(pid, Meta) =:= P, is_integer(maps:get(time, Meta)),
             lists:sort(maps:to_list(maps:get(error_logger, Meta)))}
        after 1000 -> none end,
    spawn(fun() -> exit(quiet) end),
    spawn(fun() -> throw(ball) end),
    B = receive {log, _, _, [_, {R2, _}], _} -> R2 after 1000 -> none end,
    erlang:system_flag(system_logger, Old),
    {A, B, attempt(fun() -> erlang:system_flag(system_logger, foo) end)}.
