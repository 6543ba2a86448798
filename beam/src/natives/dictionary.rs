//! The process dictionary (OTP: `erlang:put/2` and its kin).

use super::Native;
use crate::atoms;
use crate::compare;
use crate::fail::Outcome;
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "put", 2, |vm, a| or_undefined(vm.dictionary.put(a[0], a[1]))),
    Native::new("erlang", "get", 1, |vm, a| or_undefined(vm.dictionary.get(a[0]))),
    Native::new("erlang", "erase", 1, |vm, a| or_undefined(vm.dictionary.erase(a[0]))),
    Native::new("erlang", "get", 0, |vm, _| {
        let entries = vm.dictionary.entries().to_vec();
        pairs(vm, &entries)
    }),
    Native::new("erlang", "erase", 0, |vm, _| {
        let entries = vm.dictionary.clear();
        pairs(vm, &entries)
    }),
    Native::new("erlang", "get_keys", 0, |vm, _| keys(vm, |_| true)),
    Native::new("erlang", "get_keys", 1, |vm, a| keys(vm, |value| compare::eq_exact(value, a[0]))),
];

fn or_undefined(value: Option<Term>) -> Outcome {
    Ok(value.unwrap_or(atoms::UNDEFINED))
}

fn pairs(vm: &mut Vm, entries: &[(Term, Term)]) -> Outcome {
    vm.charge(entries.len() / 32);
    vm.heap.check(entries.len() * 5)?;
    let pairs: Vec<Term> = entries.iter().map(|(key, value)| vm.heap.tuple(&[*key, *value])).collect();
    Ok(vm.heap.list(&pairs))
}

fn keys(vm: &mut Vm, is_wanted: impl Fn(Term) -> bool) -> Outcome {
    let entries = vm.dictionary.entries();
    let keys: Vec<Term> = entries.iter().filter(|(_, value)| is_wanted(*value)).map(|(key, _)| *key).collect();
    vm.charge(entries.len() / 32);
    vm.heap.check(keys.len() * 2)?;
    Ok(vm.heap.list(&keys))
}

#[cfg(test)]
mod tests {
    use crate::natives::table::Bench;
    use crate::term::Term;

    /// Calls in one process, each with the text of its value.
    fn check(calls: &[(&str, &str, &str)]) {
        let mut bench = Bench::new();
        for (function, args, expected) in calls {
            let args: Vec<Term> = bench.read(args).list().collect();
            let native = super::NATIVES.iter().find(|n| n.function == *function && usize::from(n.arity) == args.len());
            let body = native.expect("a native of this file").body;
            let got = body(bench.vm(), &args).expect("a value");
            assert_eq!(bench.text(got), bench.normal(expected), "{function}({args:?})");
        }
    }

    #[test]
    fn keys_are_put_read_and_erased() {
        check(&[
            ("get", "[a]", "undefined"),
            ("put", "[a,1]", "undefined"),
            ("put", "[a,{2}]", "1"),
            ("put", "[{b,1.0},x]", "undefined"),
            ("put", "[{b,1},x]", "undefined"),
            ("get", "[{b,1.0}]", "x"),
            ("get", "[]", "[{a,{2}},{{b,1.0},x},{{b,1},x}]"),
            ("get_keys", "[]", "[a,{b,1.0},{b,1}]"),
            ("get_keys", "[x]", "[{b,1.0},{b,1}]"),
            ("get_keys", "[{2}]", "[a]"),
            ("get_keys", "[{2.0}]", "[]"),
            ("erase", "[a]", "{2}"),
            ("erase", "[a]", "undefined"),
            ("erase", "[]", "[{{b,1},x},{{b,1.0},x}]"),
            ("get", "[]", "[]"),
        ]);
    }
}
