//! ETS against what Erlang/OTP gives, and what the machine adds.

use sandbox_runtime::host::{EtsRaise, Host};
use sandbox_runtime::kernel::ets::{EtsError, Quick};
use sandbox_runtime::kernel::spawn::SpawnOptions;
use sandbox_runtime::kernel::{Config, Kernel};
use shared::event::Entry;
use shared::limits::{LimitKind, Limits};
use shared::{Etf, Pid, Term};

use crate::parse;
use crate::script::{Op, Vars, check, print, send, show, spawn};

fn kernel_with(limits: Limits) -> (Kernel, Pid) {
    let mut kernel = Kernel::new(Config { limits, ..Config::default() });
    let pid = kernel.spawn_root(Entry::new("m", "f", Etf::of(&Term::Nil)), None, None).expect("room");
    (kernel, pid)
}

/// Calls `function(args)`; the answer as the cases spell it.
fn call(kernel: &mut Kernel, pid: Pid, text: &str) -> Result<Term, String> {
    let (function, args) = text.split_once('(').expect("a call");
    let args = args.strip_suffix(')').expect("a call");
    let args = Etf::of(&parse::term(&format!("[{args}]")));
    let result = kernel.ets_call(pid, function, &args).expect("a function");
    result.map(|reply| reply.value).map_err(|error| match error.cause() {
        Some(cause) => format!("! {cause}"),
        None => "!".to_owned(),
    })
}

fn value(kernel: &mut Kernel, pid: Pid, text: &str) -> Term {
    call(kernel, pid, text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Each line is `Call => Result` as OTP 25 answers them one after the other; `! cause` is a `badarg`.
#[test]
fn calls_give_what_otp_gives() {
    let (mut kernel, pid) = kernel_with(Limits::default());
    let mut failed = Vec::new();
    for line in include_str!("otp/ets.txt").lines() {
        let (text, expected) = line.rsplit_once(" => ").expect("an arrow");
        let result = call(&mut kernel, pid, text);
        let as_expected = match &result {
            Ok(value) => !expected.starts_with('!') && *value == parse::term(expected),
            Err(error) => error == expected,
        };
        if !as_expected {
            failed.push(format!("{line}\n   but here {result:?}"));
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

fn quick_form(function: &str, arity: usize) -> Option<Quick> {
    match (function, arity) {
        ("lookup", 2) => Some(Quick::Lookup),
        ("lookup_element", 3) => Some(Quick::LookupElement),
        ("member", 2) => Some(Quick::Member),
        ("insert", 2) => Some(Quick::Insert),
        ("update_counter", 3) => Some(Quick::UpdateCounter),
        _ => None,
    }
}

/// Two machines with the same past, one of which does what it can in the quick way.
struct Both {
    quick: Kernel,
    usual: Kernel,
    pid: Pid,
    /// Calls that had a quick form, and those that went that way.
    counts: (usize, usize),
}

impl Both {
    fn new(limits: Limits) -> Both {
        let ((mut quick, pid), (mut usual, _)) = (kernel_with(limits.clone()), kernel_with(limits));
        quick.journal_mut().start_digest();
        usual.journal_mut().start_digest();
        Both { quick, usual, pid, counts: (0, 0) }
    }

    fn call(&mut self, function: &str, args: &[Term]) -> Option<Term> {
        let list = Etf::of(&Term::list(args.to_vec()));
        let usual = self.usual.ets_call(self.pid, function, &list).expect("a function");
        let mut answer = b"before".to_vec();
        let quick = quick_form(function, args.len()).and_then(|form| {
            self.counts.0 += 1;
            self.quick.ets_quick(self.pid, form, list.bytes(), &mut answer)
        });
        match quick {
            Some(reductions) => {
                self.counts.1 += 1;
                let reply = usual.as_ref().unwrap_or_else(|error| panic!("{function} {args:?}: {error:?}"));
                let expected = [&b"before"[..], &reply.value.encode()].concat();
                assert_eq!((answer, reductions), (expected, reply.reductions), "{function} {args:?}");
            }
            None => {
                assert_eq!(answer, b"before", "{function} {args:?}");
                assert_eq!(self.quick.ets_call(self.pid, function, &list).as_ref(), Some(&usual));
            }
        }
        assert_eq!(self.quick.state_hash(), self.usual.state_hash(), "{function} {args:?}");
        assert_eq!(self.quick.events_digest(), self.usual.events_digest(), "{function} {args:?}");
        usual.ok().map(|reply| reply.value)
    }
}

#[test]
fn the_quick_way_is_the_usual_way() {
    let mut both = Both::new(Limits::default());
    for line in include_str!("otp/ets.txt").lines() {
        let (text, _) = line.rsplit_once(" => ").expect("an arrow");
        let (function, args) = text.split_once('(').expect("a call");
        let args = parse::term(&format!("[{}]", args.strip_suffix(')').expect("a call")));
        both.call(function, args.as_list().expect("a list"));
    }
    let keys =
        "[0,1,1.0,-1,300,9223372036854775807,36893488147419103232,0.0,-0.0,a,'B c',[],[1,2],[1|2],[a,b,c,d,e],{},{1},
        {1.0,[x]},<<>>,<<\"key\">>,#{},#{1=>a,b=>2},#{b=>2,1.0=>a}]";
    let keys = parse::term(keys);
    for kind in ["set", "ordered_set", "bag", "duplicate_bag"] {
        for keypos in 1..3_i64 {
            let options = parse::term(&format!("[{kind},{{keypos,{keypos}}}]"));
            let table = both.call("new", &[Term::atom("t"), options]).expect("a table");
            for round in 0..3 {
                for key in keys.as_list().expect("a list") {
                    let object =
                        if keypos == 1 { [key.clone(), Term::Int(round)] } else { [Term::Int(round), key.clone()] };
                    both.call("insert", &[table.clone(), Term::tuple(object)]);
                    both.call("lookup", &[table.clone(), key.clone()]);
                    both.call("member", &[table.clone(), key.clone()]);
                    for position in 0..4 {
                        both.call("lookup_element", &[table.clone(), key.clone(), Term::Int(position)]);
                        for increment in [1, -7, i64::MAX] {
                            let operation = Term::tuple([Term::Int(position), Term::Int(increment)]);
                            both.call("update_counter", &[table.clone(), key.clone(), operation]);
                        }
                    }
                    both.call("update_counter", &[table.clone(), key.clone(), Term::Int(round)]);
                    both.call("delete", &[table.clone(), Term::Int(round)]);
                }
            }
            both.call("insert", &[table.clone(), Term::tuple([Term::Nil])]);
            both.call("delete", std::slice::from_ref(&table));
            both.call("lookup", &[table, Term::Nil]);
        }
    }
    let (with_form, quick) = both.counts;
    assert!(quick * 4 > with_form, "only {quick} of {with_form} went the quick way");
}

#[test]
fn the_quick_way_keeps_the_limits() {
    let mut both = Both::new(Limits { ets_bytes: 3_000, message_bytes: 200, ..Limits::default() });
    let table = both.call("new", &[Term::atom("t"), Term::Nil]).expect("a table");
    let insert = |both: &mut Both, n: i64, bytes: usize| {
        let object = Term::tuple([Term::Int(n), Term::binary(vec![7; bytes])]);
        both.call("insert", &[table.clone(), object]).is_some()
    };
    let accepted = (0..100).filter(|n| insert(&mut both, *n, 50)).count();
    assert!((1..50).contains(&accepted), "{accepted} objects fit");
    assert!(!insert(&mut both, 0, 190), "the message is too large");
    both.call("delete_all_objects", std::slice::from_ref(&table));
    assert!(insert(&mut both, 0, 50));
}

/// Follows continuations to the end.
fn in_pieces(kernel: &mut Kernel, pid: Pid, first: &str, function: &str) -> Vec<Vec<Term>> {
    let mut pieces = Vec::new();
    let mut reply = value(kernel, pid, first);
    while let Some([piece, continuation]) = reply.as_tuple() {
        pieces.push(piece.as_list().expect("a list").to_vec());
        let args = Etf::of(&Term::list([continuation.clone()]));
        reply = kernel.ets_call(pid, function, &args).expect("a function").expect("no error").value;
    }
    assert!(reply.is_atom("$end_of_table"));
    pieces
}

#[test]
fn selecting_in_pieces_gives_everything_once() {
    for kind in ["set", "ordered_set", "bag", "duplicate_bag"] {
        let (mut kernel, pid) = kernel_with(Limits::default());
        value(&mut kernel, pid, &format!("new(t,[named_table,{kind}])"));
        for key in 0..40 {
            for copy in 0..3 {
                value(&mut kernel, pid, &format!("insert(t,{{{},{copy}}})", key % 20));
            }
        }
        let mut expected = value(&mut kernel, pid, "match_object(t,'_')").as_list().expect("a list").to_vec();
        for limit in [1, 2, 7, 1000] {
            let pieces = in_pieces(&mut kernel, pid, &format!("match_object(t,'_',{limit})"), "match_object");
            assert!(pieces.iter().all(|piece| !piece.is_empty() && piece.len() <= limit));
            // Without an order, what was found last stands first, in a piece as in all that there is.
            let found = |objects: &[Term]| -> Vec<Term> {
                if kind == "ordered_set" { objects.to_vec() } else { objects.iter().rev().cloned().collect() }
            };
            let taken: Vec<Term> = pieces.iter().flat_map(|piece| found(piece)).collect();
            assert_eq!(taken, found(&expected), "{kind} by {limit}");
            let first = format!("select_reverse(t,[{{'_',[],['$_']}}],{limit})");
            let mut backward = in_pieces(&mut kernel, pid, &first, "select_reverse").concat();
            backward.sort();
            expected.sort();
            assert_eq!(backward, expected, "{kind} by {limit}");
            expected = value(&mut kernel, pid, "match_object(t,'_')").as_list().expect("a list").to_vec();
        }
    }
}

#[test]
fn a_walk_survives_deletion_of_its_key_while_the_table_is_fixed() {
    let (mut kernel, pid) = kernel_with(Limits::default());
    value(&mut kernel, pid, "new(t,[named_table])");
    value(&mut kernel, pid, "insert(t,[{1},{2},{3},{4},{5}])");
    value(&mut kernel, pid, "safe_fixtable(t,true)");
    let mut seen = 0;
    let mut key = value(&mut kernel, pid, "first(t)");
    while !key.is_atom("$end_of_table") {
        seen += 1;
        value(&mut kernel, pid, &format!("delete(t,{key})"));
        key = value(&mut kernel, pid, &format!("next(t,{key})"));
    }
    value(&mut kernel, pid, "safe_fixtable(t,false)");
    assert_eq!((seen, kernel.ets().iter().map(|table| table.size()).sum::<u64>()), (5, 0));
    assert_eq!(call(&mut kernel, pid, "next(t,1)"), Err("!".to_owned()));
}

fn ets(host: &mut Host, function: &str, args: &str) -> Term {
    let args = Etf::of(&parse::term(&format!("[{args}]")));
    host.ets(function, &args).map_or_else(|error| Term::binary(format!("{error:?}").into_bytes()), |reply| reply.value)
}

#[test]
fn protection_decides_who_may_do_what() {
    let main = vec![
        Op::Do(|host, vars| {
            for (name, protection) in [("u", "public"), ("p", "protected"), ("v", "private")] {
                ets(host, "new", &format!("{name},[named_table,{protection}]"));
            }
            spawn(host, vars, "child", SpawnOptions::default());
        }),
        Op::Receive(|_, _, _| ()),
    ];
    let child = vec![Op::Do(|host, vars| {
        for name in ["u", "p", "v"] {
            let results = (ets(host, "lookup", &format!("{name},1")), ets(host, "insert", &format!("{name},{{1}}")));
            print(host, &format!("{name} {} {}", results.0, results.1));
        }
        let protection = ets(host, "info", "v,protection");
        print(host, &protection.to_string());
        send(host, vars.boss(), Term::Nil);
    })];
    let denied = "<<\"Error(Access)\">>";
    let expected = format!("u [] true\np [] {denied}\nv {denied} {denied}\nprivate");
    check(&[("main", main), ("child", child)], &expected);
}

#[test]
fn tables_end_with_their_owner_or_go_to_the_heir() {
    fn make(host: &mut Host, _vars: &mut Vars) {
        ets(host, "new", "dies,[named_table,public]");
        let me = host.self_pid();
        assert_eq!(me, Pid(1));
        let heir = Term::tuple([Term::atom("heir"), Term::pid(Pid(0)), Term::atom("yours")]);
        let options = Term::list([Term::atom("named_table"), heir]);
        let args = Etf::of(&Term::list([Term::atom("lives"), options]));
        host.ets("new", &args).expect("a table");
        ets(host, "insert", "lives,{1,kept}");
    }
    let main = vec![
        Op::Do(|host, vars| {
            spawn(host, vars, "child", SpawnOptions::default());
        }),
        Op::Receive(show),
        Op::Do(|host, _| {
            let found = (ets(host, "whereis", "dies"), ets(host, "lookup", "lives,1"));
            print(host, &format!("{} {}", found.0, found.1));
            let kept = ets(host, "insert", "lives,{2,mine}");
            print(host, &kept.to_string());
        }),
    ];
    let expected = "{'ETS-TRANSFER',lives,<0.1.0>,yours}\nundefined [{1,kept}]\ntrue";
    let machine = check(&[("main", main), ("child", vec![Op::Do(make)])], expected);
    assert_eq!((machine.kernel().ets().iter().count(), machine.kernel().ets().bytes()), (0, 0));
}

#[test]
fn a_table_can_be_given_away() {
    let main = vec![
        Op::Do(|host, vars| {
            ets(host, "new", "t,[named_table]");
            let child = spawn(host, vars, "child", SpawnOptions::default());
            let give = |host: &mut Host, to: Pid| {
                let args = Etf::of(&Term::list([Term::atom("t"), Term::pid(to), Term::atom("gift")]));
                host.ets("give_away", &args)
            };
            assert_eq!(give(host, host.self_pid()), Err(EtsRaise::Error(EtsError::Owner)));
            assert_eq!(give(host, Pid(99)), Err(EtsRaise::Error(EtsError::Badarg)));
            give(host, child).expect("given");
            let denied = ets(host, "insert", "t,{1}");
            print(host, &denied.to_string());
        }),
        Op::ReceiveAfter(10, |_, _, _| ()),
    ];
    let child = vec![Op::Receive(show)];
    check(&[("main", main), ("child", child)], "<<\"Error(Access)\">>\n{'ETS-TRANSFER',t,<0.0.0>,gift}");
}

#[test]
fn tables_and_their_bytes_are_limited() {
    let (mut kernel, pid) = kernel_with(Limits { ets_tables: 2, ets_bytes: 4_000, ..Limits::default() });
    value(&mut kernel, pid, "new(a,[named_table])");
    value(&mut kernel, pid, "new(b,[])");
    let third = kernel.ets_call(pid, "new", Etf::of(&parse::term("[c,[]]"))).expect("a function");
    assert_eq!(third, Err(EtsError::Limit(LimitKind::EtsTables)));
    let mut inserted = 0;
    let refused = loop {
        let args = Etf::of(&parse::term(&format!("[a,{{{inserted},[1,2,3]}}]")));
        match kernel.ets_call(pid, "insert", &args).expect("a function") {
            Ok(_) => inserted += 1,
            Err(error) => break error,
        }
    };
    assert_eq!(refused, EtsError::Limit(LimitKind::EtsBytes));
    assert!((5..40).contains(&inserted) && kernel.ets().bytes() <= 4_000);
    value(&mut kernel, pid, "delete_all_objects(a)");
    value(&mut kernel, pid, "insert(a,{1,[1,2,3]})");
}

#[test]
fn bytes_are_counted_exactly_through_every_kind_of_change() {
    let (mut kernel, pid) = kernel_with(Limits::default());
    for kind in ["set", "ordered_set", "bag", "duplicate_bag"] {
        value(&mut kernel, pid, &format!("new({kind},[named_table,{kind}])"));
        let empty = kernel.ets().bytes();
        for round in 0..10 {
            value(&mut kernel, pid, &format!("insert({kind},[{{{round},\"text\"}},{{{round},other}},{{x,{round}}}])"));
            value(&mut kernel, pid, &format!("insert({kind},{{x,{round}}})"));
            call(&mut kernel, pid, &format!("update_element({kind},{round},{{2,\"longer text\"}})")).ok();
        }
        assert!(kernel.ets().bytes() > empty);
        value(&mut kernel, pid, &format!("delete_object({kind},{{x,3}})"));
        value(&mut kernel, pid, &format!("select_delete({kind},[{{{{'$1','_'}},[{{'<','$1',5}}],[true]}}])"));
        value(&mut kernel, pid, &format!("match_delete({kind},{{x,'_'}})"));
        for key in 5..10 {
            value(&mut kernel, pid, &format!("take({kind},{key})"));
        }
        assert_eq!(kernel.ets().bytes(), empty, "{kind}");
        assert_eq!(value(&mut kernel, pid, &format!("info({kind},size)")), Term::Int(0));
    }
}

#[test]
fn a_malformed_continuation_is_badarg() {
    let (mut kernel, pid) = kernel_with(Limits::default());
    value(&mut kernel, pid, "new(t,[named_table])");
    for text in ["select(a)", "select({t,forward,0,select,[],1,0})", "select({t,forward,1,nothing,[],1,0})"] {
        assert_eq!(call(&mut kernel, pid, text), Err("!".to_owned()));
    }
    assert!(kernel.ets_call(pid, "no_such_function", Etf::of(&Term::Nil)).is_none());
    assert_eq!(kernel.ets_call(pid, "select", Etf::from_trusted([1, 2])), Some(Err(EtsError::Badarg)));
}

#[test]
fn a_specification_that_would_take_for_ever_fails_and_one_that_would_give_too_much_too() {
    let (mut kernel, pid) = kernel_with(Limits { process_bytes: 4 << 20, ..Limits::default() });
    value(&mut kernel, pid, "new(t,[named_table])");
    let long = Term::list((0..20_000).map(Term::Int));
    let args = Etf::of(&Term::list([Term::atom("t"), Term::tuple([Term::Int(1), long])]));
    kernel.ets_call(pid, "insert", &args).expect("a function").expect("room");
    let whole = Term::atom("$_");
    let call = |kernel: &mut Kernel, body: Term| {
        let clause = Term::tuple([Term::atom("_"), Term::Nil, Term::list([body])]);
        let args = Etf::of(&Term::list([Term::atom("t"), Term::list([clause])]));
        kernel.ets_call(pid, "select", &args).expect("a function").map(|_| ())
    };
    let copies = |count: usize| Term::tuple([Term::tuple(vec![whole.clone(); count])]);
    assert_eq!(call(&mut kernel, copies(1)), Ok(()));
    assert_eq!(call(&mut kernel, copies(100)), Err(EtsError::Limit(LimitKind::ProcessBytes)));
    let same = Term::tuple([Term::atom("=="), whole.clone(), whole.clone()]);
    let many = Term::tuple([Term::tuple(vec![same; 20_000])]);
    assert_eq!(call(&mut kernel, many), Err(EtsError::Limit(LimitKind::TotalReductions)));
}

#[test]
fn objects_are_as_deep_as_they_like() {
    let (mut kernel, pid) = kernel_with(Limits::default());
    value(&mut kernel, pid, "new(t,[named_table])");
    value(&mut kernel, pid, "insert(t,{1,x})");
    let mut deeper = Term::atom("$1");
    for _ in 0..300 {
        deeper = Term::tuple([Term::tuple([deeper])]);
    }
    let head = Term::tuple([Term::Int(1), Term::atom("$1")]);
    let body = Term::tuple([Term::tuple([Term::Int(1), deeper])]);
    let spec = Term::list([Term::tuple([head, Term::Nil, Term::list([body])])]);
    let args = Etf::of(&Term::list([Term::atom("t"), spec]));
    // Step by step, until nothing that recurses over it would bear it.
    for _ in 0..200 {
        kernel.ets_call(pid, "select_replace", &args).expect("a function").expect("it is replaced");
    }
    let object = value(&mut kernel, pid, "lookup(t,1)").as_list().expect("a list")[0].clone();
    assert!(object.is_deeper_than(60_000));
    assert!(Term::decode_any_depth(&object.encode()) == Ok(object.clone()));
    // Also as keys, where they are hashed and compared.
    for kind in ["set", "ordered_set", "bag"] {
        value(&mut kernel, pid, &format!("new({kind},[{kind},named_table])"));
        let mut call = |function: &str, argument: &Term| {
            let args = Etf::of(&Term::list([Term::atom(kind), argument.clone()]));
            kernel.ets_call(pid, function, &args).expect("a function").expect("it is done").value
        };
        let other = Term::tuple([object.clone()]);
        for key in [&object, &other, &object] {
            call("insert", &Term::tuple([key.clone(), Term::Int(1)]));
        }
        assert!(call("lookup", &other) == Term::list([Term::tuple([other.clone(), Term::Int(1)])]));
        assert_eq!(call("member", &Term::tuple([other])), Term::bool(false));
        assert_eq!(call("delete", &object), Term::bool(true));
        assert_eq!(value(&mut kernel, pid, &format!("info({kind},size)")), Term::Int(1));
    }
}

#[test]
fn a_bag_with_many_objects_of_one_key_stays_quick() {
    let (mut kernel, pid) = kernel_with(Limits::default());
    value(&mut kernel, pid, "new(b,[bag,named_table])");
    let objects = |from: i64| Term::list((from..from + 20_000).map(|n| Term::tuple([Term::atom("k"), Term::Int(n)])));
    for from in [0, 10_000] {
        let args = Etf::of(&Term::list([Term::atom("b"), objects(from)]));
        kernel.ets_call(pid, "insert", &args).expect("a function").expect("room");
    }
    assert_eq!(value(&mut kernel, pid, "info(b,size)"), Term::Int(30_000));
    value(&mut kernel, pid, "delete_object(b,{k,15000})");
    assert_eq!(value(&mut kernel, pid, "select_delete(b,[{{k,'$1'},[{'>','$1',9}],[true]}])"), Term::Int(29_989));
    let left = value(&mut kernel, pid, "lookup_element(b,k,2)");
    assert_eq!(left, Term::list((0..10).map(Term::Int)));
}

/// Functions with the number of their arguments.
const FUNCTIONS: [(&str, u64); 44] = [
    ("new", 2),
    ("setopts", 2),
    ("delete", 1),
    ("rename", 2),
    ("give_away", 3),
    ("insert", 2),
    ("insert_new", 2),
    ("delete", 2),
    ("delete_object", 2),
    ("delete_all_objects", 1),
    ("internal_delete_all", 2),
    ("take", 2),
    ("update_element", 3),
    ("update_element", 4),
    ("update_counter", 3),
    ("update_counter", 4),
    ("safe_fixtable", 2),
    ("select_delete", 2),
    ("match_delete", 2),
    ("select_replace", 2),
    ("lookup", 2),
    ("lookup_element", 3),
    ("lookup_element", 4),
    ("member", 2),
    ("first", 1),
    ("last", 1),
    ("next", 2),
    ("prev", 2),
    ("first_lookup", 1),
    ("next_lookup", 2),
    ("slot", 2),
    ("info", 1),
    ("info", 2),
    ("whereis", 1),
    ("all", 0),
    ("select", 1),
    ("select", 2),
    ("select", 3),
    ("select_reverse", 3),
    ("match", 3),
    ("match_object", 2),
    ("select_count", 2),
    ("match_spec_run", 2),
    ("match_spec_run_r", 3),
];

#[test]
fn no_arguments_make_a_call_panic_and_the_bytes_stay_right() {
    let pool = [
        "t",
        "o",
        "b",
        "d",
        "s",
        "1",
        "2",
        "-1",
        "1.0",
        "0",
        "99999999999999999999",
        "[]",
        "{}",
        "{1}",
        "{1,2}",
        "{1,a,2}",
        "{a,1,b}",
        "{2,1}",
        "{2,5,3,0}",
        "[{2,1},{3,1}]",
        "[{1,2},{a,b},{1,3}]",
        "{'$1','_'}",
        "'_'",
        "[{'$1',[],['$_']}]",
        "[{{'$1','$2'},[{'>','$1',0}],[{{'$1',{'+','$2',1}}}]}]",
        "[{'_',[],[true]}]",
        "[{{1,'_'},[],[true]}]",
        "[{{'$1','$2','$3'},[],[{{'$1','$3','$2'}}]}]",
        "true",
        "false",
        "size",
        "fixed",
        "[set,public,named_table]",
        "[named_table,bag]",
        "{heir,none}",
        "[a|b]",
        "#{a=>1}",
        "<<1,2>>",
        "\"text\"",
    ];
    let pool: Vec<Term> = pool.iter().map(|text| parse::term(text)).collect();
    let (mut kernel, pid) = kernel_with(Limits { ets_bytes: 40_000, ..Limits::default() });
    for (name, kind) in [("t", "set"), ("o", "ordered_set"), ("b", "bag"), ("d", "duplicate_bag"), ("s", "set")] {
        value(&mut kernel, pid, &format!("new({name},[named_table,public,{kind}])"));
    }
    let mut state = 1_u64;
    let mut below = |limit: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % limit
    };
    let mut results: Vec<Term> = Vec::new();
    let mut good = 0;
    for round in 0..60_000 {
        let (function, arity) = FUNCTIONS[below(FUNCTIONS.len() as u64) as usize];
        if arity == 1 && function == "delete" && below(200) > 0 {
            continue;
        }
        let mut args: Vec<Term> = (0..arity).map(|_| pool[below(pool.len() as u64) as usize].clone()).collect();
        if let Some(first) = args.first_mut()
            && below(4) > 0
        {
            *first = pool[below(5) as usize].clone();
        }
        // What came back goes in again, continuations above all.
        if let (Some(last), Some(result)) = (args.last_mut(), results.last())
            && below(3) == 0
        {
            *last = result.as_tuple().and_then(|parts| parts.last()).unwrap_or(result).clone();
        }
        let args = Etf::of(&Term::list(args));
        if let Ok(reply) = kernel.ets_call(pid, function, &args).expect("a function") {
            good += 1;
            results.push(reply.value);
        }
        if round % 1_000 == 0 {
            let counted: u64 = kernel.ets().iter().map(|table| table.bytes()).sum();
            assert_eq!(counted, kernel.ets().bytes());
            for table in kernel.ets().iter() {
                assert_eq!(table.size(), table.objects().count() as u64);
            }
        }
    }
    assert!(good > 10_000, "{good}");
}
