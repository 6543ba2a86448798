//! What `zlib.erl` imports from its native library.

use super::{Native, iolist};
use crate::atoms;
use crate::deflate::Flush;
use crate::fail::{Fail, Outcome};
use crate::natives::binary::binary;
use crate::term::Term;
use crate::vm::Vm;

pub mod stream;

use stream::{AtEnd, Step, Stream, Wrong};

/// Natives of this file.
pub const NATIVES: &[Native] = &[
    Native::new("zlib", "open_nif", 0, open),
    Native::new("zlib", "close_nif", 1, close),
    Native::new("zlib", "set_controller_nif", 2, set_controller),
    Native::new("zlib", "deflateInit_nif", 6, deflate_init),
    Native::new("zlib", "deflateSetDictionary_nif", 2, deflate_set_dictionary),
    Native::new("zlib", "deflateReset_nif", 1, deflate_reset),
    Native::new("zlib", "deflateParams_nif", 3, deflate_params),
    Native::new("zlib", "deflate_nif", 4, deflate),
    Native::new("zlib", "deflateEnd_nif", 1, deflate_end),
    Native::new("zlib", "inflateInit_nif", 3, inflate_init),
    Native::new("zlib", "inflateSetDictionary_nif", 2, inflate_set_dictionary),
    Native::new("zlib", "inflateGetDictionary_nif", 1, inflate_get_dictionary),
    Native::new("zlib", "inflateReset_nif", 1, inflate_reset),
    Native::new("zlib", "inflate_nif", 4, inflate),
    Native::new("zlib", "inflateEnd_nif", 1, inflate_end),
    Native::new("zlib", "clearStash_nif", 1, clear_stash),
    Native::new("zlib", "setStash_nif", 2, set_stash),
    Native::new("zlib", "getStash_nif", 1, get_stash),
    Native::new("zlib", "enqueue_nif", 2, enqueue),
];

/// Words of memory that a stream may take.
const STREAM_WORDS: usize = 48 << 10;
/// Most bytes that one step reads or writes, whatever it is asked for.
const MOST_BYTES: usize = 1 << 20;

fn error(vm: &mut Vm, wrong: Wrong) -> Fail {
    let name = match wrong {
        Wrong::Data => "data_error",
        Wrong::Stream => "stream_error",
        Wrong::NotInitialized => "not_initialized",
        Wrong::AlreadyInitialized => "already_initialized",
        Wrong::Memory => "mem_error",
        Wrong::Buffer => "buf_error",
    };
    vm.atom(name).map_or_else(|fail| fail, Fail::Error)
}

/// Does something with the stream of the first argument, if it is one and this process controls it.
fn with<T>(vm: &mut Vm, stream: Term, act: impl FnOnce(&mut Stream) -> Result<T, Wrong>) -> Result<T, Fail> {
    let pid = vm.pid;
    let result = match vm.zlib.get(stream).ok_or(Fail::BADARG)? {
        Ok(stream) if stream.controller != pid => {
            return Err(vm.atom("not_on_controlling_process").map_or_else(|fail| fail, Fail::Error));
        }
        Ok(stream) => act(stream),
        Err(wrong) => Err(wrong),
    };
    result.map_err(|wrong| error(vm, wrong))
}

fn number(term: Term) -> Result<i32, Fail> {
    term.small_value().and_then(|n| i32::try_from(n).ok()).ok_or(Fail::BADARG)
}

fn open(vm: &mut Vm, _args: &[Term]) -> Outcome {
    vm.heap.check(STREAM_WORDS * (1 + vm.zlib.len()))?;
    let reference = vm.make_ref();
    vm.zlib.open(&mut vm.heap, reference, vm.pid);
    Ok(reference)
}

fn close(vm: &mut Vm, args: &[Term]) -> Outcome {
    with(vm, args[0], |_| Ok(()))?;
    vm.zlib.close(args[0]);
    Ok(atoms::OK)
}

fn set_controller(vm: &mut Vm, args: &[Term]) -> Outcome {
    let pid = args[1];
    if !pid.is_local_pid() {
        return Err(Fail::BADARG);
    }
    with(vm, args[0], |stream| {
        stream.controller = pid;
        Ok(atoms::OK)
    })
}

fn deflate_init(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (level, window, memory, strategy) = (number(args[1])?, number(args[3])?, number(args[4])?, number(args[5])?);
    with(vm, args[0], |s| s.begin_deflate(level, window, memory, strategy))
        .map(|()| atoms::OK)
        .map_err(|f| reopened(vm, args, f))
}

fn inflate_init(vm: &mut Vm, args: &[Term]) -> Outcome {
    let window = number(args[1])?;
    let at_end = match number(args[2])? {
        0 => AtEnd::Fail,
        1 => AtEnd::Restart,
        2 => AtEnd::Drop,
        _ => return Err(Fail::BADARG),
    };
    with(vm, args[0], |s| s.begin_inflate(window, at_end)).map(|()| atoms::OK).map_err(|f| reopened(vm, args, f))
}

/// A stream that was closed counts as initialized where it is to be initialized again.
fn reopened(vm: &mut Vm, args: &[Term], fail: Fail) -> Fail {
    match vm.zlib.get(args[0]) {
        Some(Err(_)) => error(vm, Wrong::AlreadyInitialized),
        _ => fail,
    }
}

fn deflate_set_dictionary(vm: &mut Vm, args: &[Term]) -> Outcome {
    let dictionary = iolist::bytes(vm, args[1])?;
    let checksum = with(vm, args[0], |s| s.set_deflate_dictionary(&dictionary))?;
    Ok(Term::small(i64::from(checksum)))
}

fn inflate_set_dictionary(vm: &mut Vm, args: &[Term]) -> Outcome {
    let dictionary = iolist::bytes(vm, args[1])?;
    with(vm, args[0], |s| s.set_inflate_dictionary(&dictionary)).map(|()| atoms::OK)
}

fn inflate_get_dictionary(vm: &mut Vm, args: &[Term]) -> Outcome {
    let bytes = with(vm, args[0], Stream::dictionary)?;
    let len = bytes.len() * 8;
    Ok(vm.heap.binary_from_vec(bytes, len))
}

fn deflate_reset(vm: &mut Vm, args: &[Term]) -> Outcome {
    with(vm, args[0], Stream::reset_deflate).map(|()| atoms::OK)
}

fn inflate_reset(vm: &mut Vm, args: &[Term]) -> Outcome {
    with(vm, args[0], Stream::reset_inflate).map(|()| atoms::OK)
}

fn deflate_params(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (level, strategy) = (number(args[1])?, number(args[2])?);
    with(vm, args[0], |s| s.set_params(level, strategy)).map(|()| atoms::OK)
}

fn deflate_end(vm: &mut Vm, args: &[Term]) -> Outcome {
    with(vm, args[0], Stream::end_deflate).map(|()| atoms::OK)
}

fn inflate_end(vm: &mut Vm, args: &[Term]) -> Outcome {
    with(vm, args[0], Stream::end_inflate).map(|()| atoms::OK)
}

fn chunk_size(term: Term) -> Result<usize, Fail> {
    term.small_value().and_then(|n| usize::try_from(n).ok()).map(|n| n.min(MOST_BYTES)).ok_or(Fail::BADARG)
}

fn deflate(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (input, output) = (chunk_size(args[1])?, chunk_size(args[2])?);
    let flush = Flush::numbered(number(args[3])?).ok_or(Fail::BADARG)?;
    let (step, out) = with(vm, args[0], |s| s.deflate(input, output, flush))?;
    result(vm, input, step, out)
}

fn inflate(vm: &mut Vm, args: &[Term]) -> Outcome {
    let (input, output) = (chunk_size(args[1])?, chunk_size(args[2])?);
    let (step, out) = with(vm, args[0], |s| s.inflate(input, output))?;
    result(vm, input, step, out)
}

fn result(vm: &mut Vm, input: usize, step: Step, out: Vec<u8>) -> Outcome {
    vm.heap.check_bytes(out.len())?;
    vm.charge((input + out.len()) / 128);
    let len = out.len() * 8;
    let output = if out.is_empty() {
        Term::NIL
    } else {
        let bytes = iolist::finish(vm, out, len);
        vm.heap.list(&[bytes])
    };
    Ok(match step {
        Step::Continue => {
            let tag = vm.atom("continue")?;
            vm.heap.tuple(&[tag, output])
        }
        Step::Finished => {
            let tag = vm.atom("finished")?;
            vm.heap.tuple(&[tag, output])
        }
        Step::NeedDictionary(checksum) => {
            let tag = vm.atom("need_dictionary")?;
            vm.heap.tuple(&[tag, Term::small(i64::from(checksum)), output])
        }
    })
}

fn enqueue(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut size = 0;
    let chunks = args[1].proper_list().ok_or(Fail::BADARG)?;
    for chunk in &chunks {
        size += binary(*chunk)?.len / 8;
    }
    vm.heap.check_bytes(size)?;
    vm.charge(size / 1024);
    for chunk in chunks {
        let bytes = binary(chunk)?.bytes().into_owned();
        with(vm, args[0], |s| s.enqueue(bytes))?;
    }
    Ok(atoms::OK)
}

fn clear_stash(vm: &mut Vm, args: &[Term]) -> Outcome {
    let stash = with(vm, args[0], |s| Ok(s.stash.take()))?;
    if stash.is_some() { Ok(atoms::OK) } else { Err(Fail::BADARG) }
}

/// The stash is `{Kind, Output}`. It lies outside the heap, so the output is kept as bytes.
fn set_stash(vm: &mut Vm, args: &[Term]) -> Outcome {
    let [kind, output] = *args[1].tuple_of::<2>().filter(|t| t[0].is_atom()).ok_or(Fail::BADARG)?;
    let bytes = iolist::bytes(vm, output)?;
    let free = with(vm, args[0], |s| Ok(s.stash.is_none()))?;
    if !free {
        return Err(Fail::BADARG);
    }
    with(vm, args[0], |s| {
        s.stash = Some((kind, bytes));
        Ok(atoms::OK)
    })
}

fn get_stash(vm: &mut Vm, args: &[Term]) -> Outcome {
    let Some((kind, bytes)) = with(vm, args[0], |s| Ok(s.stash.clone()))? else { return vm.atom("empty") };
    let output = if bytes.is_empty() {
        Term::NIL
    } else {
        let binary = vm.heap.binary(&bytes);
        vm.heap.list(&[binary])
    };
    let stash = vm.heap.tuple(&[kind, output]);
    Ok(vm.heap.tuple(&[atoms::OK, stash]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{call, process, show};

    /// Feeds data to a stream and takes what comes out, as `zlib.erl` does; gives the tag of the last step and the bytes.
    fn run(vm: &mut Vm, function: &str, stream: Term, data: &[u8], flush: i64) -> Result<(String, Vec<u8>), Fail> {
        let data = vm.heap.binary(data);
        let list = vm.heap.list(&[data]);
        call(vm, "zlib", "enqueue_nif", &[stream, list])?;
        let size = Term::small(8 << 10);
        let mut out = Vec::new();
        loop {
            let step = call(vm, "zlib", function, &[stream, size, size, Term::small(flush)])?;
            let elements = step.tuple().expect("a step is a tuple");
            out.extend(iolist::bytes(vm, elements[elements.len() - 1])?);
            let tag = vm.atom_name(elements[0]).to_string();
            if tag != "continue" {
                return Ok((tag, out));
            }
        }
    }

    fn deflating(vm: &mut Vm, level: i64, window: i64) -> Term {
        let stream = call(vm, "zlib", "open_nif", &[]).expect("opens");
        let numbers = [level, 8, window, 8, 0].map(Term::small);
        call(vm, "zlib", "deflateInit_nif", &[&[stream][..], &numbers].concat()).expect("numbers are right");
        stream
    }

    fn inflating(vm: &mut Vm, window: i64, at_end: i64) -> Term {
        let stream = call(vm, "zlib", "open_nif", &[]).expect("opens");
        call(vm, "zlib", "inflateInit_nif", &[stream, Term::small(window), Term::small(at_end)])
            .expect("numbers are right");
        stream
    }

    fn deflate(vm: &mut Vm, window: i64, data: &[u8]) -> Vec<u8> {
        let stream = deflating(vm, -1, window);
        run(vm, "deflate_nif", stream, data, 4).expect("compresses").1
    }

    fn reason<T: std::fmt::Debug>(vm: &Vm, result: Result<T, Fail>) -> String {
        match result {
            Err(Fail::Error(reason)) => show(vm, reason),
            other => format!("{other:?}"),
        }
    }

    #[test]
    fn short_data_is_compressed_as_otp_does() {
        let mut vm = process();
        assert_eq!(deflate(&mut vm, 15, b""), [120, 156, 3, 0, 0, 0, 0, 1]);
        assert_eq!(deflate(&mut vm, -15, b""), [3, 0]);
        assert_eq!(deflate(&mut vm, 31, b""), [31, 139, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        assert_eq!(deflate(&mut vm, 8, b"abc"), [24, 149, 75, 76, 74, 6, 0, 2, 77, 1, 39]);
        let stream = deflating(&mut vm, -1, 15);
        let steps: [(&[u8], i64, &[u8]); 5] = [
            (b"abc", 0, &[120, 156]),
            (b"def", 2, &[74, 76, 74, 78, 73, 77, 3, 0, 0, 0, 255, 255]),
            (b"", 2, &[]),
            (b"xyz", 3, &[170, 168, 172, 2, 0, 0, 0, 255, 255]),
            (b"ghi", 4, &[75, 207, 200, 4, 0, 31, 165, 4, 249]),
        ];
        for (data, flush, expected) in steps {
            assert_eq!(run(&mut vm, "deflate_nif", stream, data, flush), Ok(("finished".into(), expected.to_vec())));
        }
        assert_eq!(call(&mut vm, "zlib", "deflateEnd_nif", &[stream]), Ok(atoms::OK));
    }

    #[test]
    fn what_was_compressed_comes_back() {
        let mut vm = process();
        let mut data = b"abcdefgh".repeat(10_000);
        data.extend((0..70_000u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 13) as u8));
        for window in [15, -15, 31, 9] {
            for level in [0, 1, 6, 9] {
                let stream = deflating(&mut vm, level, window);
                let packed = run(&mut vm, "deflate_nif", stream, &data, 4).expect("compresses").1;
                assert_eq!(call(&mut vm, "zlib", "deflateEnd_nif", &[stream]), Ok(atoms::OK));
                let stream = inflating(&mut vm, window, 2);
                let (tag, back) = run(&mut vm, "inflate_nif", stream, &packed, 0).expect("decompresses");
                assert!(tag == "finished" && back == data, "window {window}, level {level}");
                assert_eq!(call(&mut vm, "zlib", "inflateEnd_nif", &[stream]), Ok(atoms::OK));
            }
        }
    }

    #[test]
    fn what_follows_the_end_is_an_error_or_dropped_or_decompressed() {
        let mut vm = process();
        let (abc, def) = (deflate(&mut vm, 15, b"abc"), deflate(&mut vm, 15, b"def"));
        let cases: [(i64, &[u8], &str); 5] = [
            (0, b"xyz", "data_error"),
            (2, b"xyz", "abc"),
            (1, b"xyz", "data_error"),
            (1, &def, "abcdef"),
            (0, b"", "abc"),
        ];
        for (at_end, rest, expected) in cases {
            let stream = inflating(&mut vm, 15, at_end);
            let result = run(&mut vm, "inflate_nif", stream, &[&abc, rest].concat(), 0);
            let shown = match result {
                Ok((_, bytes)) => String::from_utf8_lossy(&bytes).into_owned(),
                Err(_) => reason(&vm, result),
            };
            assert_eq!(shown, expected, "{at_end} {rest:?}");
        }
    }

    #[test]
    fn the_level_may_be_changed_on_the_way() {
        let mut vm = process();
        let stream = deflating(&mut vm, -1, 15);
        let mut packed = run(&mut vm, "deflate_nif", stream, b"abcabc", 2).expect("compresses").1;
        let numbers = [stream, Term::small(1), Term::small(2)];
        assert_eq!(call(&mut vm, "zlib", "deflateParams_nif", &numbers), Ok(atoms::OK));
        packed.extend(run(&mut vm, "deflate_nif", stream, b"defdef", 4).expect("compresses").1);
        let stream = inflating(&mut vm, 15, 2);
        assert_eq!(run(&mut vm, "inflate_nif", stream, &packed, 0), Ok(("finished".into(), b"abcabcdefdef".to_vec())));
    }

    #[test]
    fn dictionaries_are_asked_for() {
        let mut vm = process();
        let dictionary = vm.heap.binary(b"hello world");
        let stream = deflating(&mut vm, -1, 15);
        let checksum = call(&mut vm, "zlib", "deflateSetDictionary_nif", &[stream, dictionary]);
        assert_eq!(checksum, Ok(Term::small(436929629)));
        let packed = run(&mut vm, "deflate_nif", stream, b"hello world", 4).expect("compresses").1;
        assert_eq!(packed, [120, 187, 26, 11, 4, 93, 203, 64, 48, 1, 26, 11, 4, 93]);
        let stream = inflating(&mut vm, 15, 2);
        assert_eq!(run(&mut vm, "inflate_nif", stream, &packed, 0), Ok(("need_dictionary".into(), vec![])));
        let wrong = vm.heap.binary(b"hello");
        let result = call(&mut vm, "zlib", "inflateSetDictionary_nif", &[stream, wrong]);
        assert_eq!(reason(&vm, result), "data_error");
        assert_eq!(call(&mut vm, "zlib", "inflateSetDictionary_nif", &[stream, dictionary]), Ok(atoms::OK));
        assert_eq!(run(&mut vm, "inflate_nif", stream, b"", 0), Ok(("finished".into(), b"hello world".to_vec())));
    }

    #[test]
    fn errors_are_those_of_otp() {
        let mut vm = process();
        let open = |vm: &mut Vm| call(vm, "zlib", "open_nif", &[]).expect("opens");
        let (new, closed, other) = (open(&mut vm), open(&mut vm), vm.make_ref());
        let (half, ended) = (deflating(&mut vm, -1, 15), deflating(&mut vm, -1, 15));
        run(&mut vm, "deflate_nif", half, b"abc", 0).expect("compresses");
        run(&mut vm, "deflate_nif", ended, b"abc", 4).expect("compresses");
        let cut = inflating(&mut vm, 15, 2);
        run(&mut vm, "inflate_nif", cut, &[120], 0).expect("it is a beginning");
        call(&mut vm, "zlib", "close_nif", &[closed]).expect("is open");
        let small = Term::small;
        let init = |stream, window| vec![stream, small(-1), small(8), small(window), small(8), small(0)];
        let data = vm.heap.binary(b"abc");
        let input = vm.heap.list(&[data]);
        let cases: Vec<(&str, Vec<Term>, &str)> = vec![
            ("enqueue_nif", vec![new, input], "not_initialized"),
            ("inflateReset_nif", vec![new], "not_initialized"),
            ("inflateEnd_nif", vec![new], "not_initialized"),
            ("inflateEnd_nif", vec![cut], "data_error"),
            ("deflateInit_nif", init(half, 15), "already_initialized"),
            ("inflateInit_nif", vec![half, small(15), small(2)], "already_initialized"),
            ("inflate_nif", vec![half, small(99), small(99), small(0)], "not_initialized"),
            ("deflateSetDictionary_nif", vec![half, data], "stream_error"),
            ("deflateEnd_nif", vec![half], "data_error"),
            ("deflateInit_nif", init(atoms::OK, 15), "badarg"),
            ("deflateInit_nif", init(other, 15), "badarg"),
            ("deflateInit_nif", init(new, -8), "stream_error"),
            ("deflateInit_nif", init(new, 47), "stream_error"),
            ("deflateInit_nif", init(new, 16), "stream_error"),
            ("inflateInit_nif", vec![new, small(20), small(2)], "stream_error"),
            ("deflateInit_nif", init(closed, 15), "already_initialized"),
            ("close_nif", vec![closed], "not_initialized"),
            ("close_nif", vec![other], "badarg"),
            ("set_controller_nif", vec![new, atoms::OK], "badarg"),
            ("getStash_nif", vec![other], "badarg"),
        ];
        for (function, args, expected) in cases {
            let result = call(&mut vm, "zlib", function, &args);
            assert_eq!(reason(&vm, result), expected, "{function} {args:?}");
        }
        let result = run(&mut vm, "deflate_nif", ended, b"abc", 0);
        assert_eq!(reason(&vm, result), "stream_error");
        assert_eq!(call(&mut vm, "zlib", "set_controller_nif", &[new, Term::pid(2)]), Ok(atoms::OK));
        let result = call(&mut vm, "zlib", "close_nif", &[new]);
        assert_eq!(reason(&vm, result), "not_on_controlling_process");
    }

    #[test]
    fn streams_that_the_program_has_lost_go_away() {
        let mut vm = process();
        let mut kept = call(&mut vm, "zlib", "open_nif", &[]).expect("opens");
        for _ in 0..100 {
            call(&mut vm, "zlib", "open_nif", &[]).expect("opens");
        }
        assert!(vm.heap.collect(0, &mut |visit| visit(&mut kept)));
        call(&mut vm, "zlib", "open_nif", &[]).expect("opens");
        assert_eq!(vm.zlib.len(), 2);
        assert_eq!(call(&mut vm, "zlib", "close_nif", &[kept]), Ok(atoms::OK));
    }
}
