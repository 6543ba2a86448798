//! Modules that are made to take as much time or memory as possible.

use std::time::{Duration, Instant};

use beam::loader::{Arg, Instruction, Limits, LoadError, Op, parse, validate};

use crate::assembler::{encode, module};
use crate::counting::peak;

/// Far more than any of them takes, even in a debug build on a busy machine; yet a run in quadratic time takes hours.
const PATIENCE: Duration = Duration::from_secs(60);

fn check(name: &str, body: Vec<Instruction>, labels: u32) -> Result<(), LoadError> {
    let mut file = module("return");
    file.label_count = labels;
    file.code.splice(3..4, body);
    let bytes = encode(&file);
    drop(file);
    let start = Instant::now();
    let (result, memory) = peak(|| parse(&bytes, &Limits::default()).and_then(|file| validate(&file).map(drop)));
    let per_byte = memory / bytes.len();
    assert!(start.elapsed() < PATIENCE, "{name}: {} bytes took {:?}", bytes.len(), start.elapsed());
    assert!(per_byte <= 100, "{name}: {} bytes took {per_byte} times as much memory", bytes.len());
    result
}

fn op(op: Op, args: &[Arg]) -> Instruction {
    Instruction { op, args: args.into() }
}

const ROWS: u32 = 40_000;

#[test]
fn code_is_bounded() {
    let label = |n: u32| op(Op::Label, &[Arg::Unsigned(n.into())]);
    let x = |n: u32| Arg::X(n);

    let tiny = vec![op(Op::Return, &[]); 300_000];
    check("tiny instructions", tiny, 40).expect("valid");

    let fall: Vec<_> = (5..ROWS).map(label).chain([op(Op::Return, &[])]).collect();
    check("labels in a row", fall, ROWS).expect("valid");

    let jump = |n: u32| [op(Op::IsNil, &[Arg::Label(n + 1), x(0)]), op(Op::Jump, &[Arg::Label(n + 1)]), label(n + 1)];
    let chain = (4..ROWS - 1).flat_map(jump).chain([op(Op::Return, &[])]).collect();
    check("a chain of jumps", chain, ROWS).expect("valid");

    // A long loop is entered again and again, each time with one register less.
    let mut again = Vec::new();
    for n in 6..1000 {
        again.extend([op(Op::Move, &[x(0), x(n)]), op(Op::IsNil, &[Arg::Label(n), x(0)])]);
    }
    again.push(label(5));
    again.extend(vec![op(Op::Move, &[x(0), x(0)]); 100_000]);
    again.push(op(Op::Jump, &[Arg::Label(5)]));
    again.extend((6..1000).rev().flat_map(|n| [label(n), op(Op::Jump, &[Arg::Label(5)])]));
    check("a loop that is entered again", again, 1000).expect_err("too complex");

    // Backwards: each label is only reached from the one behind it.
    let mut backwards = vec![op(Op::Jump, &[Arg::Label(ROWS - 1)])];
    for n in 5..ROWS {
        let target = if n == 5 { ROWS - 1 } else { n - 1 };
        backwards.extend([label(n), op(Op::Move, &[x(0), x(n % 1024)]), op(Op::Jump, &[Arg::Label(target)])]);
    }
    check("a chain of jumps back", backwards, ROWS).expect("valid");

    let pairs: Vec<Arg> = (0..ROWS).flat_map(|n| [Arg::Int(n.into()), Arg::Label(5)]).collect();
    let mut select = vec![label(5)];
    for n in 6..1000 {
        select.extend([op(Op::IsNil, &[Arg::Label(n), x(0)]), op(Op::Move, &[x(0), x(n)]), label(n)]);
    }
    select.push(op(Op::SelectVal, &[x(0), Arg::Label(5), Arg::List(pairs)]));
    check("a large selection in a loop", select, ROWS).ok();

    // Registers above 63 need larger sets at every label.
    let mut wide: Vec<_> = (1..1000).map(|n| op(Op::Move, &[x(0), x(n)])).collect();
    wide.push(op(Op::AllocateZero, &[Arg::Unsigned(1000), Arg::Unsigned(1000)]));
    wide.extend((5..ROWS).flat_map(|n| [op(Op::IsNil, &[Arg::Label(n), x(0)]), label(n)]));
    wide.extend([op(Op::Deallocate, &[Arg::Unsigned(1000)]), op(Op::Return, &[])]);
    check("large sets", wide, ROWS).expect("valid");

    let mut clears = Vec::new();
    for _ in 0..ROWS {
        clears.push(op(Op::Allocate, &[Arg::Unsigned(1024), Arg::Unsigned(1)]));
        clears.push(op(Op::Bif1, &[Arg::Label(0), Arg::Unsigned(4), x(0), x(1)]));
        clears.push(op(Op::Deallocate, &[Arg::Unsigned(1024)]));
    }
    clears.push(op(Op::Return, &[]));
    check("cleared registers", clears, 40).expect_err("too many");

    let mut catches = vec![op(Op::AllocateZero, &[Arg::Unsigned(1000), Arg::Unsigned(1)])];
    for n in 0..1000 {
        catches.push(op(Op::Catch, &[Arg::Y(999 - n), Arg::Label(10 + n)]));
    }
    catches.extend((2000..ROWS).flat_map(|n| [op(Op::IsNil, &[Arg::Label(n), x(0)]), label(n)]));
    for n in (0..1000).rev() {
        catches.extend([label(10 + n), op(Op::CatchEnd, &[Arg::Y(999 - n)])]);
    }
    catches.extend([op(Op::Deallocate, &[Arg::Unsigned(1000)]), op(Op::Return, &[])]);
    check("nested catches", catches, ROWS).expect("valid");

    check("labels that are not there", vec![op(Op::Return, &[])], 1 << 30).expect_err("more labels than bytes");
}
