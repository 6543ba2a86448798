use super::*;
use crate::host::NoHost;
use crate::image::ImageRef;

fn vm() -> Vm {
    Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1))
}

fn call(vm: &mut Vm, name: &str, args: &[Term]) -> Outcome {
    let arity = args.len();
    let native = NATIVES.iter().find(|n| n.function == name && usize::from(n.arity) == arity);
    native.map_or(Err(Fail::BADARG), |native| (native.body)(vm, args))
}

/// A map of 0..size to themselves.
fn sample(vm: &mut Vm, size: i64) -> Term {
    let keys: Vec<Term> = (0..size).map(Term::small).collect();
    let mut pairs: Vec<_> = keys.iter().map(|key| (*key, *key)).collect();
    map::from_pairs(&mut vm.heap, vm.image.get(), &mut pairs)
}

#[test]
fn what_is_no_map_is_a_badmap() {
    let a = atoms::OK;
    for (name, args) in [
        ("find", &[a, a][..]),
        ("get", &[a, a]),
        ("is_key", &[a, a]),
        ("keys", &[a]),
        ("values", &[a]),
        ("put", &[a, a, a]),
        ("update", &[a, a, a]),
        ("remove", &[a, a]),
        ("take", &[a, a]),
        ("merge", &[a, a]),
        ("map_size", &[a]),
        ("map_get", &[a, a]),
        ("is_map_key", &[a, a]),
    ] {
        let vm = &mut vm();
        let Err(Fail::Error(reason)) = call(vm, name, args) else { panic!("{name}") };
        assert_eq!(reason.tuple_of(), Some(&[atoms::BADMAP, a]), "{name}");
    }
    let vm = &mut vm();
    let small = sample(vm, 2);
    for (args, bad) in [([a, small], a), ([small, Term::NIL], Term::NIL)] {
        let Err(Fail::Error(reason)) = call(vm, "merge", &args) else { panic!("merge") };
        assert_eq!(reason.tuple_of(), Some(&[atoms::BADMAP, bad]));
    }
}

#[test]
fn what_is_no_list_of_pairs_is_a_badarg() {
    let vm = &mut vm();
    let improper = vm.heap.cons(atoms::OK, atoms::OK);
    let single = vm.heap.list(&[atoms::OK]);
    for (name, args) in [
        ("from_list", &[atoms::OK][..]),
        ("from_list", &[improper]),
        ("from_list", &[single]),
        ("from_keys", &[improper, atoms::OK]),
        ("from_keys", &[atoms::OK, atoms::OK]),
    ] {
        assert_eq!(call(vm, name, args), Err(Fail::BADARG), "{name}");
    }
}

#[test]
fn missing_keys_are_told() {
    for size in [0, 3, 100] {
        let vm = &mut vm();
        let map = sample(vm, size);
        let key = Term::NIL;
        for (name, args) in [("get", &[key, map][..]), ("map_get", &[key, map]), ("update", &[key, key, map])] {
            let Err(Fail::Error(reason)) = call(vm, name, args) else { panic!("{name}") };
            assert_eq!(reason.tuple_of(), Some(&[atoms::BADKEY, key]), "{name}");
        }
        assert_eq!(call(vm, "find", &[key, map]), Ok(atoms::ERROR));
        assert_eq!(call(vm, "take", &[key, map]), Ok(atoms::ERROR));
        assert_eq!(call(vm, "remove", &[key, map]), Ok(map));
        assert_eq!(call(vm, "is_map_key", &[key, map]), Ok(atoms::FALSE));
        assert_eq!(call(vm, "map_size", &[map]), Ok(Term::small(size)));
    }
}

#[test]
fn taking_gives_the_value_and_the_rest() {
    for size in [1, 20, 33, 100] {
        let vm = &mut vm();
        let map = sample(vm, size);
        let taken = call(vm, "take", &[Term::small(0), map]);
        let Some(&[value, rest]) = taken.as_ref().ok().and_then(|t| t.tuple_of()) else { panic!("{taken:?}") };
        assert_eq!((value, map::len(rest) as i64), (Term::small(0), size - 1));
    }
}

fn numbers(list: Term) -> Vec<i64> {
    list.list().filter_map(Term::small_value).collect()
}

#[test]
fn keys_of_a_large_map_come_in_the_order_of_otp() {
    let expected = [
        39, 22, 26, 27, 5, 21, 30, 16, 3, 33, 14, 40, 37, 24, 17, 11, 6, 20, 28, 25, 1, 32, 36, 35, 15, 9, 23, 10, 8,
        31, 38, 7, 2, 13, 29, 19, 12, 34, 4, 18,
    ];
    let vm = &mut vm();
    let whole = sample(vm, 41);
    let map = call(vm, "remove", &[Term::small(0), whole]).unwrap_or(whole);
    for name in ["keys", "values"] {
        let list = call(vm, name, &[map]).unwrap_or(Term::NIL);
        assert_eq!(numbers(list), expected);
    }
    let small = sample(vm, 20);
    let list = call(vm, "keys", &[small]).unwrap_or(Term::NIL);
    assert_eq!(numbers(list), (0..20).collect::<Vec<_>>());
}

/// Keys in the order in which an iterator gives them, with few reductions for each call.
fn walk(vm: &mut Vm, map: Term, reductions: i64) -> Vec<i64> {
    let mut keys = Vec::new();
    let mut path = Term::small(0);
    loop {
        vm.reductions_left = reductions;
        let mut chain = call(vm, "map_next", &[path, map, atoms::ITERATOR]).unwrap_or(atoms::ERROR);
        while let Some(&[key, _, rest]) = chain.tuple_of() {
            keys.push(key.as_small());
            chain = rest;
        }
        match chain.cons() {
            Some((next, _)) => path = next,
            None => {
                assert_eq!(chain, atoms::NONE);
                return keys;
            }
        }
    }
}

/// Keys as `maps:to_list/1` gathers them.
fn to_list(vm: &mut Vm, map: Term, reductions: i64) -> Vec<i64> {
    let mut result = Term::NIL;
    let mut path = Term::small(0);
    loop {
        vm.reductions_left = reductions;
        result = call(vm, "map_next", &[path, map, result]).unwrap_or(atoms::ERROR);
        match result.cons() {
            Some((next, rest)) if next.is_integer() => {
                path = next;
                result = rest.cons().map_or(atoms::ERROR, |(_, list)| list);
            }
            _ => return result.list().filter_map(|pair| pair.tuple_of().map(|[key, _]| key.as_small())).collect(),
        }
    }
}

#[test]
fn iterators_give_the_same_order_in_parts_of_any_size() {
    for size in [0, 1, 32, 33, 200, 3000] {
        let vm = &mut vm();
        let map = sample(vm, size);
        let forward: Vec<i64> = map::iter(map).map(|(key, _)| key.as_small()).collect();
        let listed = call(vm, "keys", &[map]).unwrap_or(Term::NIL);
        for reductions in [-5, 1, 9, 400, 100_000] {
            assert_eq!(walk(vm, map, reductions), forward, "{size} {reductions}");
            assert_eq!(to_list(vm, map, reductions), numbers(listed), "{size} {reductions}");
        }
    }
}

#[test]
fn paths_that_lead_nowhere_are_a_badarg() {
    let vm = &mut vm();
    let (small, large) = (sample(vm, 1), sample(vm, 100));
    let improper = vm.heap.cons(Term::small(0), atoms::OK);
    let missing = vm.heap.list(&[atoms::OK]);
    let one = Term::small(1);
    for (path, map, form, is_bad) in [
        (atoms::OK, small, atoms::ITERATOR, true),
        (Term::small(0), atoms::OK, atoms::ITERATOR, true),
        (Term::small(0), small, atoms::OK, true),
        (one, small, atoms::ITERATOR, false),
        (Term::small(2), small, atoms::ITERATOR, true),
        (Term::small(-1), small, atoms::ITERATOR, true),
        (Term::small(-1), large, atoms::ITERATOR, true),
        (atoms::OK, large, Term::NIL, true),
        (missing, small, atoms::ITERATOR, true),
        (improper, small, atoms::ITERATOR, true),
        (improper, small, Term::NIL, true),
    ] {
        let result = call(vm, "map_next", &[path, map, form]);
        assert_eq!(result == Err(Fail::BADARG), is_bad, "{path:?}");
    }
}

#[test]
fn an_ordered_iterator_follows_its_keys() {
    for size in [5, 100] {
        let vm = &mut vm();
        vm.reductions_left = 96;
        let map = sample(vm, size);
        let keys = vm.heap.list(&[4, 2, 0, 1].map(Term::small));
        let mut chain = call(vm, "map_next", &[keys, map, atoms::ITERATOR]).unwrap_or(atoms::ERROR);
        let mut seen = Vec::new();
        while let Some(&[key, value, rest]) = chain.tuple_of() {
            assert_eq!(key, value);
            seen.push(key.as_small());
            chain = rest;
        }
        assert_eq!(seen, [4, 2, 0]);
        let rest = chain.cons().map(|(keys, map)| (numbers(keys), map));
        assert_eq!(rest, Some((vec![1], map)));
        assert_eq!(call(vm, "map_next", &[Term::NIL, map, atoms::ITERATOR]), Ok(atoms::NONE));
    }
}
