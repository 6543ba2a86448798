//! Natives on terms, as the real thing has them.

use crate::atoms;
use crate::compare::eq_exact;
use crate::etf::tests::{bytes, rows, term};
use crate::etf::{self, EncodeOptions};
use crate::fail::{Fail, Outcome};
use crate::host::NoHost;
use crate::image::{ImageRef, Release};
use crate::print::{self, Limits};
use crate::term::Term;
use crate::testing::host::Scripted;
use crate::vm::Vm;

fn vm() -> Vm {
    Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1))
}

/// Calls a native by its name.
fn call(vm: &mut Vm, module: &str, function: &str, args: &[Term]) -> Outcome {
    let native = super::NATIVES
        .iter()
        .find(|n| (n.module, n.function, usize::from(n.arity)) == (module, function, args.len()))
        .unwrap_or_else(|| panic!("{module}:{function}/{}", args.len()));
    (native.body)(vm, args)
}

#[test]
fn natives_give_what_otp_gives() {
    for row in rows(include_str!("tests/natives.txt")) {
        let mut vm = vm();
        let image = vm.image.clone();
        let args = term(&mut vm.heap, &image, row[2]).proper_list().unwrap();
        let expected_in = |vm: &mut Vm| term(&mut vm.heap, &image, row[4]);
        let got = call(&mut vm, row[0], row[1], &args);
        // Only now, as it may bring new atoms with it.
        let expected = expected_in(&mut vm);
        let (same, got) = match got {
            Ok(got) => (row[3] == "ok" && eq_exact(got, expected), got),
            Err(Fail::Error(reason) | Fail::ErrorCause(reason, _)) => {
                (row[3] == "error" && eq_exact(reason, expected), reason)
            }
            Err(other) => panic!("{other:?}"),
        };
        let text = |t| print::erlang(t, image.get(), &Limits::default());
        assert!(same, "{}:{} {} gave {}", row[0], row[1], text(vm.heap.list(&args)), text(got));
    }
}

#[test]
fn options_that_change_the_bytes_only_keep_the_term() {
    let mut vm = vm();
    let text = vm.heap.string(&"compressible ".repeat(40));
    for options in [&["compressed"][..], &["local"], &["compressed", "deterministic"]] {
        let options: Vec<Term> = options.iter().map(|name| vm.atom(name).unwrap()).collect();
        let options = vm.heap.list(&options);
        let binary = call(&mut vm, "erlang", "term_to_binary", &[text, options]).unwrap();
        let again = call(&mut vm, "erlang", "binary_to_term", &[binary]).unwrap();
        assert!(eq_exact(text, again));
    }
}

#[test]
fn an_unaligned_binary_is_decoded() {
    let mut vm = vm();
    let mut shifted = vec![0u8];
    let encoded = bytes("836803610161026103");
    for byte in &encoded {
        *shifted.last_mut().unwrap() |= byte >> 3;
        shifted.push(byte << 5);
    }
    // Long enough not to be copied when a part of it is taken.
    shifted.extend([0; 100]);
    let whole = vm.heap.binary(&shifted);
    let part = vm.heap.sub_bits(whole, 3, 8 * 100);
    let t = call(&mut vm, "erlang", "binary_to_term", &[part]).unwrap();
    assert_eq!(print::erlang(t, vm.image.get(), &Limits::default()), "{1,2,3}");
}

#[test]
fn the_host_hears_of_new_atoms() {
    let mut left = 1;
    let new_atom = move || {
        left -= 1;
        left >= 0
    };
    let mut vm = Scripted { new_atom: Box::new(new_atom), ..Scripted::default() }.process();
    let one = vm.heap.binary(b"\x83\x77\x04new1");
    let two = vm.heap.binary(b"\x83\x68\x02\x77\x04new2\x77\x04new3");
    assert!(call(&mut vm, "erlang", "binary_to_term", &[one]).is_ok());
    assert!(call(&mut vm, "erlang", "binary_to_term", &[one]).is_ok());
    assert_eq!(call(&mut vm, "erlang", "binary_to_term", &[two]), Err(Fail::SYSTEM_LIMIT));
}

#[test]
fn a_process_cannot_encode_more_than_it_may_hold() {
    let mut vm = vm();
    vm.heap.max_words = 10_000;
    let t = (0..40).fold(Term::NIL, |t, _| vm.heap.tuple(&[t, t]));
    for function in ["term_to_binary", "term_to_iovec"] {
        assert_eq!(call(&mut vm, "erlang", function, &[t]), Err(Fail::OutOfMemory));
    }
}

#[test]
fn shared_parts_count_once() {
    let mut vm = vm();
    let list = vm.heap.string("0123456789");
    let t = vm.heap.tuple(&[list, list]);
    assert_eq!(call(&mut vm, "erts_debug", "flat_size", &[t]), Ok(Term::small(43)));
    assert_eq!(call(&mut vm, "erts_debug", "size_shared", &[t]), Ok(Term::small(23)));
    let [a, b] = [0; 2].map(|_| vm.heap.tuple(&[Term::NIL]));
    for (x, y, expected) in [(a, a, "true"), (a, b, "false"), (Term::small(1), Term::small(1), "true")] {
        let same = call(&mut vm, "erts_debug", "same", &[x, y]).unwrap();
        assert_eq!(vm.atom_name(same), expected);
    }
    // Literals, which lie outside the heap, do not count.
    let mut other = crate::heap::Heap::new(0);
    let literal = other.tuple(&[Term::small(1)]);
    let t = vm.heap.tuple(&[literal]);
    assert_eq!(call(&mut vm, "erts_debug", "size_shared", &[t]), Ok(Term::small(2)));
}

#[test]
fn before_otp_26_atoms_are_in_latin_1_where_they_can_be() {
    for (otp, expected) in [("25", &b"\x83\x64\x00\x02ok"[..]), ("26", b"\x83\x77\x02ok")] {
        let mut vm = vm();
        vm.image.get_mut().release = Release::new(otp, "1");
        let encoded = call(&mut vm, "erlang", "term_to_binary", &[atoms::OK]).unwrap();
        assert_eq!(encoded.bits().unwrap().bytes().as_ref(), expected, "OTP {otp}");
        let size = call(&mut vm, "erlang", "external_size", &[atoms::OK]);
        assert_eq!(size, Ok(Term::small(expected.len() as i64)), "OTP {otp}");
    }
}

#[test]
fn long_work_is_charged() {
    let mut vm = vm();
    let t = vm.heap.binary(&vec![1; 1 << 20]);
    call(&mut vm, "erlang", "term_to_binary", &[t]).unwrap();
    assert!(vm.reductions_left < -1000);
    let before = vm.reductions_left;
    let encoded = etf::encode(vm.image.get(), t, EncodeOptions::default()).unwrap();
    let bits = encoded.len() * 8;
    let binary = vm.heap.binary_from_vec(encoded, bits);
    call(&mut vm, "erlang", "binary_to_term", &[binary]).unwrap();
    assert!(vm.reductions_left < before - 1000);
}
