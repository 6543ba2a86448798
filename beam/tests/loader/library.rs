//! Every module that the official compilers made is accepted.

use std::collections::HashMap;

use beam::loader::{Limits, Op, parse, validate};

use crate::support::{library, output};

#[test]
fn the_whole_library_is_valid() {
    let mut used = std::collections::BTreeSet::new();
    let mut failures = Vec::new();
    for path in library() {
        let bytes = std::fs::read(&path).expect("the file is readable");
        match parse(&bytes, &Limits::default()).and_then(|file| validate(&file).map(|layout| (file, layout))) {
            Ok((file, layout)) => {
                used.extend(file.code.iter().map(|instruction| instruction.op));
                assert_eq!(layout.functions.len(), file.function_count as usize, "{}", path.display());
            }
            Err(error) => failures.push(format!("{}: {error}", path.display())),
        }
    }
    assert!(failures.is_empty(), "{} modules are refused:\n{}", failures.len(), failures.join("\n"));
    for op in [Op::MakeFun3, Op::BsCreateBin, Op::TryCase, Op::LoopRec, Op::PutMapExact, Op::GetMapElements, Op::Fadd] {
        assert!(used.contains(&op), "the library is too small to prove anything: it has no {}", op.name());
    }
}

#[test]
fn md5_is_what_beam_lib_computes() {
    let program = "[begin {ok, {_, Md5}} = beam_lib:md5(F), io:format(\"~s ~s~n\", [F, [io_lib:format(\"~2.16.0b\", [B]) \
                   || <<B>> <= Md5]]) end || F <- filelib:wildcard(code:lib_dir(stdlib, ebin) ++ \"/*.beam\")], halt().";
    let text = output("erl", &["-noshell", "-eval", program]).expect("erl is installed");
    let expected: HashMap<&str, &str> = text.lines().filter_map(|line| line.rsplit_once(' ')).collect();
    assert!(expected.len() > 50, "{text}");
    for (path, expected) in expected {
        let bytes = std::fs::read(path).expect("the file is readable");
        let file = parse(&bytes, &Limits::default()).expect("it parses");
        let md5: String = file.md5.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(md5, expected, "{path}");
    }
}

/// Compiles a program with options that make the compiler emit unusual code.
#[test]
fn code_of_unusual_options_is_valid() {
    let Some(release) = output("erl", &["-noshell", "-eval", "io:put_chars(erlang:system_info(otp_release)), halt()."])
    else {
        panic!("erl is not installed")
    };
    let release: u32 = release.parse().expect("a number");
    let mut rows = vec!["", "+compressed", "+no_ssa_opt", "+no_type_opt", "+r24", "+inline", "+no_copt +no_postopt"];
    if release >= 27 {
        rows.extend(["+line_coverage", "+r25", "+r26"]);
    }
    if release >= 28 {
        rows.push("+beam_debug_info");
    }
    for (at, options) in rows.into_iter().enumerate() {
        let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("options-{at}"));
        std::fs::create_dir_all(&dir).expect("the directory can be made");
        let source = dir.join("many.erl");
        std::fs::write(&source, include_str!("many.erl")).expect("the file is writable");
        let mut args = vec!["+debug_info", "-o", dir.to_str().expect("a text")];
        args.extend(options.split_whitespace());
        args.push(source.to_str().expect("a text"));
        output("erlc", &args).expect("erlc is installed");
        let bytes = std::fs::read(dir.join("many.beam")).expect("erlc wrote the file");
        assert_eq!(options == "+compressed", bytes.starts_with(&[0x1f, 0x8b]));
        let file = parse(&bytes, &Limits::default()).unwrap_or_else(|error| panic!("{options}: {error}"));
        assert_eq!(file.atoms[1], "many");
        let layout = validate(&file).unwrap_or_else(|error| panic!("{options}: {error}"));
        let f = layout.functions.iter().find(|f| file.atoms[f.name as usize] == "floats").expect("it is there");
        assert_eq!(f.arity, 2);
    }
}
