//! Reading persistent terms without decoding them each time (OTP: `persistent_term`). What changes them is up to the host.

use super::Native;
use super::hosted::{self, hosted_number};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Functions of this file.
pub const NATIVES: &[Native] = &[
    Native::new("persistent_term", "get", 1, get),
    Native::new("persistent_term", "get", 2, get),
    Native::new("persistent_term", "put", 2, change::<{ hosted_number!("persistent_term", "put", 2) }>),
    Native::new("persistent_term", "put_new", 2, change::<{ hosted_number!("persistent_term", "put_new", 2) }>),
    Native::new("persistent_term", "erase", 1, change::<{ hosted_number!("persistent_term", "erase", 1) }>),
    Native::new(
        "erts_internal",
        "erase_persistent_terms",
        0,
        change::<{ hosted_number!("erts_internal", "erase_persistent_terms", 0) }>,
    ),
];

/// `persistent_term:get(Key)` and `persistent_term:get(Key, Default)`
fn get(vm: &mut Vm, args: &[Term]) -> Outcome {
    if let Some(value) = vm.persistent_terms.get(args[0], &mut vm.heap, &mut *vm.host) {
        return Ok(value);
    }
    let mut buffer = vm.take_bytes();
    let outcome = read(vm, args, &mut buffer);
    vm.keep_bytes(buffer);
    outcome
}

fn read(vm: &mut Vm, args: &[Term], buffer: &mut Vec<u8>) -> Outcome {
    const GET: u16 = hosted_number!("persistent_term", "get", 1);
    if !hosted::ask(vm, GET, &args[..1], buffer)? {
        return match (hosted::decode(vm, buffer)?, args) {
            (atoms::BADARG, [_, default]) => Ok(*default),
            (reason, _) => Err(Fail::Error(reason)),
        };
    }
    let room = vm.heap.words_left();
    match vm.persistent_terms.keep(args[0], buffer, room, &vm.image, &mut *vm.host)? {
        Some(value) => {
            vm.charge(buffer.len() / 1024);
            Ok(value)
        }
        None => hosted::decode(vm, buffer),
    }
}

fn change<const NUMBER: u16>(vm: &mut Vm, args: &[Term]) -> Outcome {
    vm.persistent_terms.may_have_changed();
    hosted::call(vm, NUMBER, args)
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::rc::Rc;

    use super::*;
    use crate::testing::host::Scripted;
    use crate::testing::{call, parse, show};

    /// The one persistent term of a sandbox.
    #[derive(Default)]
    struct Sandbox {
        value: Option<Vec<u8>>,
        changes: u64,
        reads: usize,
    }

    #[test]
    fn a_value_is_fetched_once_until_something_changes_and_stays_as_long_as_it_is_in_use() {
        let sandbox = Rc::new(RefCell::new(Sandbox::default()));
        let (read, counted) = (Rc::clone(&sandbox), Rc::clone(&sandbox));
        let call_host = move |function: u16, _: &[u8]| {
            assert_eq!(hosted::name(function), Some(("persistent_term", "get", 1)));
            let mut sandbox = read.borrow_mut();
            sandbox.reads += 1;
            sandbox.value.clone().ok_or(b"\x83\x77\x06badarg".to_vec())
        };
        let persistent_changes = move || Some(counted.borrow().changes);
        let (call_host, persistent_changes) = (Box::new(call_host), Box::new(persistent_changes));
        let mut vm = Scripted { call: call_host, persistent_changes, ..Scripted::default() }.process();
        let set = |vm: &mut Vm, text: &str| {
            let value = parse(vm, text);
            let mut bytes = Vec::new();
            crate::etf::encode_onto(vm.image.get(), value, &mut bytes).expect("it is small");
            let mut sandbox = sandbox.borrow_mut();
            sandbox.changes += u64::from(sandbox.value.is_some());
            sandbox.value = Some(bytes);
            // Another turn has begun.
            vm.persistent_terms.may_have_changed();
        };
        let read = |vm: &mut Vm, key: &str| {
            let key = parse(vm, key);
            call(vm, "persistent_term", "get", &[key])
        };
        let text = |vm: &Vm, value: Term| show(vm, value);
        assert_eq!(read(&mut vm, "{k,1}"), Err(Fail::BADARG));
        let (key, default) = (parse(&mut vm, "{k,1}"), parse(&mut vm, "[default]"));
        assert_eq!(call(&mut vm, "persistent_term", "get", &[key, default]), Ok(default));

        let long = format!("<<\"{}\">>", "x".repeat(100));
        set(&mut vm, &format!("{{[1,2,3],{long},2.5}}"));
        sandbox.borrow_mut().reads = 0;
        let first = read(&mut vm, "{k,1}").expect("it is there");
        for _ in 0..10 {
            vm.persistent_terms.may_have_changed();
            assert_eq!(read(&mut vm, "{k,1}"), Ok(first));
        }
        assert_eq!(sandbox.borrow().reads, 1);
        let expected = text(&vm, first);

        // It is a literal to the collector, until another one takes its place.
        vm.x[0] = first;
        assert!(vm.collect(0, 1) && vm.x[0] == first);
        set(&mut vm, "other");
        assert_eq!(read(&mut vm, "{k,1}").map(|value| text(&vm, value)), Ok("other".to_owned()));
        assert!(vm.collect(0, 1) && vm.x[0] != first);
        assert_eq!(text(&vm, vm.x[0]), expected);
        assert!(vm.collect(0, 1));
        assert_eq!(text(&vm, vm.x[0]), expected);
        // Nobody uses it any more.
        assert!(vm.collect(0, 0) && vm.heap.off_heap_binaries().is_empty());
        assert_eq!(sandbox.borrow().reads, 2);
    }
}
