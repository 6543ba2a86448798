//! The packed library is the one that real Erlang and Elixir run: nothing is lost or changed but debug information.

use std::fs;

use shared::bundle::{Bundle, Kind};
use tests::reference;

#[test]
fn the_library_has_the_versions_of_the_reference() {
    let file = reference::library().unwrap();
    let versions = Bundle::parse(&file).unwrap().header().versions.clone();
    let output = reference::program("elixir").unwrap().args(["-e", "IO.puts(System.version())"]).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap().trim(), versions.elixir);
    let folder = tempfile::tempdir().unwrap();
    let erts = reference::erl("io:put_chars(erlang:system_info(version))", folder.path()).unwrap();
    assert_eq!(erts, versions.erts);
}

/// `beam_lib:md5/1` is over all that is loaded of a module, in real Erlang; it is the same for our copy and for the
/// original that real Erlang finds under the same name.
#[test]
fn every_module_is_what_real_erlang_loads() {
    let file = reference::library().unwrap();
    let bundle = Bundle::parse(&file).unwrap();
    let library = bundle.library().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let mut names = Vec::new();
    for entry in library.entries().iter().filter(|entry| entry.kind == Kind::Module) {
        fs::write(folder.path().join(format!("{}.beam", entry.name)), library.content(entry)).unwrap();
        names.push(entry.name.as_str());
    }
    assert_eq!(names.len(), bundle.header().versions.modules as usize);
    // The modules of Elixir lie outside Erlang's code path. What is preloaded has no object code on the path either; its
    // file lies with the run-time system.
    let roots = std::env::var("ORRERY_REFERENCE_LIBRARY").unwrap();
    let elixir = roots.split(':').next().unwrap();
    let program = format!(
        "[code:add_pathz(P) || P <- filelib:wildcard(\"{elixir}/lib/*/ebin\")], \
         [Erts] = filelib:wildcard(code:lib_dir() ++ \"/erts-*/ebin\"), \
         Original = fun(M, F) -> \
           case code:get_object_code(M) of {{_, Binary, _}} -> Binary; error -> filename:join(Erts, F) end \
         end, \
         Digest = fun(Beam) -> {{ok, {{_, Md5}}}} = beam_lib:md5(Beam), 16 = byte_size(Md5), Md5 end, \
         Same = fun(F) -> \
           M = list_to_atom(filename:rootname(F)), Digest(F) =:= Digest(Original(M, F)) \
         end, \
         {{Good, Bad}} = lists:partition(Same, filelib:wildcard(\"*.beam\")), \
         io:format(\"~b ~p\", [length(Good), Bad])"
    );
    let printed = reference::erl(&program, folder.path()).unwrap();
    assert_eq!(printed, format!("{} []", names.len()));
}

#[test]
fn documentation_is_apart_and_can_be_read_by_real_erlang() {
    let file = reference::library().unwrap();
    let documentation = Bundle::parse(&file).unwrap().documentation().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let docs = documentation.get(Kind::Docs, "Elixir.Enum").expect("Enum is documented");
    fs::write(folder.path().join("docs"), docs).unwrap();
    let program = "Chunks = fun Chunks(<<>>) -> []; \
                     Chunks(<<Id:4/binary, Length:32, Rest/binary>>) -> \
                       Padding = (4 - Length rem 4) rem 4, \
                       <<Content:Length/binary, _:Padding/binary, Next/binary>> = Rest, \
                       [{Id, binary_to_term(Content)} | Chunks(Next)] \
                   end, \
                   {ok, B} = file:read_file(\"docs\"), \
                   [{<<\"Dbgi\">>, I}, {<<\"Docs\">>, D}] = lists:sort(Chunks(B)), \
                   io:format(\"~p ~p ~p\", [element(1, I), element(1, D), element(3, D)])";
    assert_eq!(reference::erl(program, folder.path()).unwrap(), "debug_info_v1 docs_v1 elixir");
}
