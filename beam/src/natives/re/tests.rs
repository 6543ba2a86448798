use super::*;
use crate::compare::eq_exact;
use crate::host::NoHost;
use crate::image::ImageRef;

fn vm() -> Vm {
    let mut vm = Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1));
    vm.reductions_left = 4000;
    vm
}

/// Reads a term: atoms, integers, strings, `<<"...">>`, tuples and lists, with `%XX` in text.
struct Reader<'a> {
    rest: &'a str,
}

impl Reader<'_> {
    fn accept(&mut self, text: &str) -> bool {
        match self.rest.strip_prefix(text) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }
    fn text(&mut self) -> Vec<u8> {
        let (text, rest) = self.rest.split_once('"').unwrap_or((self.rest, ""));
        self.rest = rest;
        let mut parts = text.split('%');
        let mut out = parts.next().unwrap_or("").as_bytes().to_vec();
        for part in parts {
            out.push(u8::from_str_radix(&part[..2], 16).unwrap_or(0));
            out.extend_from_slice(&part.as_bytes()[2..]);
        }
        out
    }
    fn items(&mut self, vm: &mut Vm, end: &str) -> (Vec<Term>, Term) {
        let mut items = Vec::new();
        let mut tail = Term::NIL;
        while !self.accept(end) {
            if self.accept("|") {
                tail = self.term(vm);
            } else {
                items.push(self.term(vm));
            }
            self.accept(",");
        }
        (items, tail)
    }
    fn term(&mut self, vm: &mut Vm) -> Term {
        if self.accept("<<\"") {
            let text = self.text();
            assert!(self.accept(">>"));
            return vm.heap.binary(&text);
        }
        if self.accept("\"") {
            let items: Vec<Term> = self.text().into_iter().map(|byte| Term::small(i64::from(byte))).collect();
            return vm.heap.list(&items);
        }
        if self.accept("[") {
            let (items, tail) = self.items(vm, "]");
            return vm.heap.list_with_tail(&items, tail);
        }
        if self.accept("{") {
            let (items, _) = self.items(vm, "}");
            return vm.heap.tuple(&items);
        }
        let end = self.rest.find([',', ']', '}', '|']).unwrap_or(self.rest.len());
        let (word, rest) = self.rest.split_at(end);
        self.rest = rest;
        match word.parse() {
            Ok(number) => Term::small(number),
            Err(_) => vm.atom(word).unwrap_or(Term::NIL),
        }
    }
}

fn read(vm: &mut Vm, text: &str) -> Term {
    Reader { rest: text }.term(vm)
}

fn call(vm: &mut Vm, name: &str, args: &[Term]) -> Outcome {
    let native = NATIVES.iter().find(|n| n.function == name && usize::from(n.arity) == args.len());
    native.map_or(Err(Fail::Exit(atoms::UNDEF)), |native| (native.body)(vm, args))
}

/// Calls with arguments as text; in those of `run`, `{re,Text,Options}` is a pattern to be compiled first.
fn outcome(vm: &mut Vm, name: &str, args: &str) -> Outcome {
    let args = read(vm, args).proper_list().unwrap_or_default();
    let mut values = Vec::new();
    for arg in args {
        values.push(match arg.tuple() {
            Some(&[tag, source, options]) if tag == atoms::RE => {
                let result = call(vm, "compile", &[source, options]);
                result.ok().and_then(|term| term.tuple_of().map(|[_, pattern]| *pattern)).unwrap_or(atoms::ERROR)
            }
            _ => arg,
        });
    }
    call(vm, name, &values)
}

fn check(name: &str, args: &str, expected: &str) {
    let vm = &mut vm();
    let got = outcome(vm, name, args);
    match expected {
        "badarg" => assert_eq!(got, Err(Fail::BADARG), "{name} {args}"),
        "badopt" => assert_eq!(got, Err(Fail::ErrorCause(atoms::BADARG, atoms::BADOPT)), "{name} {args}"),
        "urun" | "grun" | "ucompile" => {
            let Err(Fail::Call { module, function, .. }) = got else { panic!("{name} {args}: {got:?}") };
            assert_eq!((module, vm.atom_name(function)), (atoms::RE, expected), "{name} {args}");
        }
        _ => {
            let expected_term = read(vm, expected);
            assert!(got.is_ok_and(|got| eq_exact(got, expected_term)), "{name} {args}");
        }
    }
}

const ABC: &str = r#"{re,"(a)(?<n>b)?(c)?",[]}"#;
const NAMES: &str = r#"{re,"(?<n>a)|(?<n>b)|(?<m>c)",[dupnames]}"#;
const UNICODE: &str = r#"{re,<<"(%C3%A9)">>,[unicode]}"#;

#[test]
fn options_choose_what_a_match_gives() {
    for (subject, pattern, options, expected) in [
        ("\"abc\"", ABC, "", "{match,[{0,3},{0,1},{1,1},{2,1}]}"),
        ("\"ac\"", ABC, "", "{match,[{0,2},{0,1},{-1,0},{1,1}]}"),
        ("\"a\"", ABC, "", "{match,[{0,1},{0,1}]}"),
        ("\"x\"", ABC, "", "nomatch"),
        ("\"abc\"", ABC, "{capture,all,list}", r#"{match,["abc","a","b","c"]}"#),
        ("\"ac\"", ABC, "{capture,all,binary}", r#"{match,[<<"ac">>,<<"a">>,<<"">>,<<"c">>]}"#),
        ("\"ac\"", ABC, "{capture,all_but_first}", "{match,[{0,1},{-1,0},{1,1}]}"),
        ("\"ac\"", ABC, "{capture,first,list}", r#"{match,["ac"]}"#),
        ("\"ac\"", ABC, "{capture,none}", "match"),
        ("\"ac\"", ABC, "{capture,[],binary}", "match"),
        (
            "\"ac\"",
            ABC,
            r#"{capture,[n,"n",<<"n">>,0,1,3,99],index}"#,
            "{match,[{-1,0},{-1,0},{-1,0},{0,2},{0,1},{1,1},{-1,0}]}",
        ),
        ("\"ac\"", ABC, "{capture,[x],binary}", r#"{match,[<<"">>]}"#),
        ("\"ab\"", ABC, "{capture,all_names,list}", r#"{match,["b"]}"#),
        ("\"x\"", "\"x\"", "{capture,all_names}", "match"),
        ("\"ac\"", ABC, "{capture,all},{capture,none}", "match"),
        ("\"b\"", NAMES, "{capture,all_names,binary}", r#"{match,[<<"">>,<<"b">>]}"#),
        ("\"b\"", NAMES, "{capture,[n,m]}", "{match,[{0,1},{-1,0}]}"),
        ("<<\"%C3%A9\">>", UNICODE, "{capture,first,binary}", r#"{match,[<<"%C3%A9">>]}"#),
        ("\"xab\"", "\"A\"", "caseless,{offset,1}", "{match,[{1,1}]}"),
        ("\"xab\"", "\"a\"", "{offset,2}", "nomatch"),
        ("\"ab\"", "\"b\"", "anchored", "nomatch"),
        ("\"b\"", "\"a*\"", "notempty", "nomatch"),
        ("[<<\"a\">>,\"b\"|<<\"c\">>]", "\"abc\"", "", "{match,[{0,3}]}"),
        ("\"a%0Db\"", "\".*\"", "{newline,cr},{newline,lf}", "{match,[{0,3}]}"),
        ("\"a%0Db\"", "\".*\"", "{newline,any},{newline,cr}", "{match,[{0,1}]}"),
        ("\"a\"", "\"(\"", "report_errors", r#"{error,{compile,{"missing )",1}}}"#),
        ("\"aaaaaaaa\"", "\"(a+)*[bc]\"", "{match_limit,20},report_errors", "{error,match_limit}"),
        ("\"aaaaaaaa\"", "\"(a+)*[bc]\"", "{match_limit_recursion,3},report_errors", "{error,match_limit_recursion}"),
        ("\"aaaaaaaa\"", "\"(a+)*[bc]\"", "{match_limit,20}", "nomatch"),
    ] {
        check("run", &format!("[{subject},{pattern},[{options}]]"), expected);
    }
}

#[test]
fn what_makes_no_sense_is_a_badarg() {
    for (args, expected) in [
        ("[a,\"a\",[]]", "badarg"),
        ("[\"a\",a,[]]", "badarg"),
        ("[[256],\"a\",[]]", "badarg"),
        ("[[97|98],\"a\",[]]", "badarg"),
        ("[\"a\",\"(\",[]]", "badarg"),
        ("[\"a\",{re_pattern,0,0,0,<<\"x\">>},[]]", "badarg"),
        ("[\"a\",{re_pattern,a,0,0,<<\"x\">>},[]]", "badarg"),
        ("[\"a\",{re_pattern,1,2,3},[]]", "badarg"),
        ("[\"a\",{re,\"a\",[]},[caseless]]", "badarg"),
        ("[<<\"%FF\">>,{re,\"a\",[unicode]},[]]", "badarg"),
        ("[<<\"%C3%A9\">>,{re,<<\"a\">>,[unicode]},[{offset,1}]]", "badarg"),
        ("[\"a\",\"a\",[{capture,foo}]]", "badarg"),
        ("[\"a\",\"a\",[{capture,all,foo}]]", "badarg"),
        ("[\"a\",\"a\",[{capture,[-1]}]]", "badarg"),
        ("[\"a\",\"a\",[{capture,[1|2]}]]", "badarg"),
        ("[\"a\",\"a\",[foo]]", "badopt"),
        ("[\"a\",\"a\",foo]", "badopt"),
        ("[\"a\",\"a\",[caseless|x]]", "badopt"),
        ("[\"a\",\"a\",[{offset,-1}]]", "badopt"),
        ("[\"a\",\"a\",[{match_limit,a}]]", "badopt"),
        ("[\"a\",\"a\",[{newline,nul}]]", "badopt"),
    ] {
        check("run", args, expected);
    }
    for (args, expected) in [
        ("[\"a\",[notbol]]", "badopt"),
        ("[\"a\",[{capture,none}]]", "badopt"),
        ("[a,[]]", "badarg"),
        ("[\"(\",[]]", r#"{error,{"missing )",1}}"#),
        ("[\"a\",[{newline,any},{newline,lf}]]", r#"{error,{"inconsistent NEWLINE options",0}}"#),
        ("[<<\"a\">>,[unicode,never_utf]]", r#"{error,{"setting UTF is disabled by the application",0}}"#),
    ] {
        check("compile", args, expected);
    }
}

#[test]
fn lists_of_characters_and_global_matches_are_left_to_the_library() {
    check("compile", "[\"a\",[unicode]]", "ucompile");
    for (args, expected) in [
        ("[\"a\",\"a\",[unicode]]", "urun"),
        ("[\"a\",{re,<<\"a\">>,[unicode]},[]]", "urun"),
        ("[<<\"a\">>,{re,<<\"a\">>,[unicode]},[{capture,all,list}]]", "urun"),
        ("[<<\"a\">>,{re,<<\"a\">>,[unicode]},[{capture,all,list},global]]", "grun"),
        ("[\"a\",\"a\",[global]]", "grun"),
        ("[\"a\",{re,\"a\",[]},[global]]", "grun"),
    ] {
        check("run", args, expected);
    }
}

#[test]
fn a_compiled_pattern_tells_of_itself() {
    let vm = &mut vm();
    for (args, groups, unicode, crlf) in [
        ("[\"(a)(b)\"]", 2, 0, 0),
        ("[<<\"a\">>,[unicode]]", 0, 1, 0),
        ("[\"a\",[{newline,anycrlf}]]", 0, 0, 1),
        ("[\"(*CRLF)a\",[]]", 0, 0, 1),
        ("[\"(*UTF8)(a)\",[]]", 1, 0, 0),
    ] {
        let result = outcome(vm, "compile", args).ok();
        let pattern = result.and_then(|term| term.tuple_of::<2>()).map(|[_, pattern]| *pattern);
        let Some(&[tag, g, u, c, binary]) = pattern.and_then(Term::tuple_of) else { panic!("{args}") };
        assert_eq!(tag, atoms::RE_PATTERN);
        assert_eq!([g, u, c], [groups, unicode, crlf].map(Term::small), "{args}");
        assert!(binary.is_bits());
    }
    for (pattern, expected) in [
        (ABC, r#"{namelist,[<<"n">>]}"#),
        (NAMES, r#"{namelist,[<<"m">>,<<"n">>]}"#),
        (r#"{re,"(?J)(?<n>a)|(?<n>b)",[]}"#, r#"{namelist,[<<"n">>,<<"n">>]}"#),
    ] {
        check("inspect", &format!("[{pattern},namelist]"), expected);
        check("inspect", &format!("[{pattern},foo]"), "badarg");
    }
    check("inspect", "[x,namelist]", "badarg");
}

#[test]
fn a_long_match_gives_up_its_turn_and_goes_on() {
    let vm = &mut vm();
    let subject = "a".repeat(24);
    let mut result = outcome(vm, "run", &format!("[\"{subject}\",\"(a+)*[bc]\",[report_errors]]"));
    let mut turns = 0;
    while let Err(Fail::Call { module: atoms::ERLANG, function: atoms::RE_RUN_TRAP, args }) = result {
        assert!(vm.reductions_left <= 0);
        vm.reductions_left = 4000;
        turns += 1;
        let args = args.proper_list().unwrap_or_default();
        result = call(vm, "re_run_trap", &args);
    }
    let expected = read(vm, "{error,match_limit}");
    assert!(turns > 10 && result.is_ok_and(|result| eq_exact(result, expected)));
    assert_eq!(outcome(vm, "re_run_trap", "[a,1,[]]"), Err(Fail::BADARG));
}

#[test]
fn the_cache_forgets_what_was_used_least_recently() {
    let vm = &mut vm();
    for i in 0..200 {
        let result = outcome(vm, "run", &format!("[\"x{i}y\",\"x{i}y\",[]]"));
        assert_ne!(result, Ok(atoms::NOMATCH));
    }
    let binary = outcome(vm, "run", "[\"x1y\",\"x1y\",[]]");
    assert_ne!(binary, Ok(atoms::NOMATCH));
}
