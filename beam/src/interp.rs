//! Table: the dispatch loop, one arm an operation.
//!
//! Program counter, heap top, stack pointer and reductions live in local variables; `out!` and `into!` move them to the
//! `Vm` and back around everything that is not in this file. Only what programs execute most is here; the rest is in
//! [`slow`]. Operands were checked by the loader, which is what the unchecked reads of this file rely on.

pub mod arithmetic;
pub mod calls;
pub mod exception;
pub mod slow;
pub mod stacktrace;
pub mod turn;

use crate::atoms;
use crate::compare;
use crate::fail::Fail;
use crate::heap::RESERVED_WORDS;
use crate::instr::{FIRST_SLOW, Operation};
use crate::term::{Term, header, header_kind, header_size, kind, tag};
use crate::vm::Vm;
use turn::Turn;

/// Runs the process until its reductions are used up, it waits, or it ends.
pub fn run(vm: &mut Vm) -> Turn {
    if vm.heap.stress { dispatch::<true>(vm) } else { dispatch::<false>(vm) }
}

fn dispatch<const STRESS: bool>(vm: &mut Vm) -> Turn {
    let x: *mut Term = vm.x.as_mut_ptr();
    let f: *mut f64 = vm.x.floats();
    let mut pc = vm.pc;
    let mut htop = vm.heap.top;
    let mut e: *mut Term = vm.heap.stack.cast();
    let mut reds = vm.reductions_left;

    macro_rules! out {
        () => {
            vm.heap.top = htop;
            vm.heap.stack = e.cast();
            vm.reductions_left = reds;
        };
    }
    macro_rules! into {
        () => {
            htop = vm.heap.top;
            e = vm.heap.stack.cast();
            reds = vm.reductions_left;
        };
    }
    // Operand fields of the current instruction word.
    macro_rules! a {
        ($w:expr) => {
            ($w >> 16) as u16 as usize
        };
    }
    macro_rules! b {
        ($w:expr) => {
            ($w >> 32) as u16 as usize
        };
    }
    macro_rules! c {
        ($w:expr) => {
            ($w >> 48) as usize
        };
    }
    macro_rules! bc {
        ($w:expr) => {
            ($w >> 32) as usize
        };
    }
    macro_rules! src {
        ($o:expr) => {{
            let o: usize = $o;
            let base: *const Term = match o >> 14 {
                0 => x,
                1 => e,
                _ => pc.cast(),
            };
            *base.add(o & 0x3fff)
        }};
    }
    macro_rules! set {
        ($o:expr, $v:expr) => {{
            let o: usize = $o;
            let v: Term = $v;
            let base: *mut Term = if o >> 14 == 0 { x } else { e };
            *base.add(o & 0x3fff) = v;
        }};
    }
    macro_rules! next {
        ($w:expr) => {
            pc = pc.add(($w >> 10 & 63) as usize)
        };
    }
    // Jump by the distance in fields b and c.
    macro_rules! jump {
        ($w:expr) => {
            pc = pc.offset(($w as i64 >> 32) as isize)
        };
    }
    // Jump by the distance in the lower half of word 1.
    macro_rules! jump1 {
        () => {
            pc = pc.offset(*pc.add(1) as i32 as isize)
        };
    }
    // As `raise!`, where the heap is not in `vm` yet: making the reason may allocate there.
    macro_rules! fail {
        ($fail:expr) => {{
            out!();
            let fail = $fail;
            raise!(fail)
        }};
    }
    // Goes on at the handler of a failure. The heap is in `vm`, where what failed may have allocated.
    macro_rules! raise {
        ($fail:expr) => {{
            match exception::raise(vm, $fail, pc) {
                Some(handler) => {
                    into!();
                    pc = handler;
                    continue;
                }
                None => return turn::exited(vm),
            }
        }};
    }
    macro_rules! need {
        ($words:expr, $live:expr) => {
            let words: usize = $words;
            if (e as usize - htop as usize) < (words + RESERVED_WORDS) * 8 || STRESS {
                out!();
                if !vm.collect(words, $live) {
                    return turn::out_of_memory(vm);
                }
                into!();
            }
        };
    }
    // What a native left in fragments is collected as soon as the live registers are known.
    macro_rules! settle {
        ($live:expr) => {
            if vm.heap.wants_collection() {
                if !vm.collect(0, $live) {
                    return turn::out_of_memory(vm);
                }
            }
        };
    }
    // Continues at a function, or ends the turn in front of it.
    macro_rules! enter {
        ($target:expr) => {
            pc = $target;
            reds -= 1;
            if reds <= 0 {
                out!();
                return turn::yielded(vm, pc);
            }
        };
    }
    macro_rules! push_return {
        ($address:expr) => {
            e = e.sub(1);
            *e = Term($address as usize as u64 | tag::RETURN);
        };
    }
    macro_rules! pop_return {
        () => {
            pc = ((*e).0 & !tag::MASK) as usize as *const u64;
            e = e.add(1);
        };
    }
    macro_rules! test1 {
        ($w:expr, $t:ident, $condition:expr) => {{
            let $t = src!(a!($w));
            if $condition { next!($w) } else { jump!($w) }
        }};
    }
    macro_rules! test2 {
        ($w:expr, $l:ident, $r:ident, $fast:expr, $slow:expr) => {{
            let ($l, $r) = (src!(a!($w)), src!(b!($w)));
            let holds = if ($l.0 | $r.0) & tag::MASK == 0 { $fast } else { $slow };
            if holds { next!($w) } else { jump1!() }
        }};
    }
    // As `settle!` in front of an operation whose live registers stand in the upper half of word 1.
    macro_rules! settle_at {
        () => {
            out!();
            if vm.heap.wants_collection() {
                let live = (*pc.add(1) >> 32) as u32;
                if live != u32::MAX && !vm.collect(0, live as usize) {
                    return turn::out_of_memory(vm);
                }
                into!();
            }
        };
    }
    macro_rules! arithmetic {
        ($w:expr, $name:ident, $l:ident, $r:ident, $fast:expr) => {{
            let ($l, $r) = (src!(a!($w)), src!(b!($w)));
            let value: Option<u64> = if ($l.0 | $r.0) & tag::MASK == 0 { $fast } else { None };
            if let Some(value) = value {
                set!(c!($w), Term(value));
                next!($w);
            } else {
                settle_at!();
                let ($l, $r) = (src!(a!($w)), src!(b!($w)));
                match arithmetic::$name(vm, $l, $r) {
                    Ok(value) => {
                        htop = vm.heap.top;
                        set!(c!($w), value);
                        next!($w);
                    }
                    Err(_) if *pc.add(1) as i32 != 0 => {
                        vm.fault = None;
                        jump1!()
                    }
                    Err(fail) => raise!(fail),
                }
            }
        }};
    }
    macro_rules! float_operation {
        ($w:expr, $l:ident, $r:ident, $value:expr) => {{
            let ($l, $r) = (*f.add(a!($w)), *f.add(b!($w)));
            let value: f64 = $value;
            if !value.is_finite() {
                fail!(Fail::BADARITH);
            }
            *f.add(c!($w)) = value;
            pc = pc.add(1);
        }};
    }

    // SAFETY: for the whole loop: the loader checked every operand against the registers, stack frames, labels and
    // tables they refer to; `need!` keeps the heap top and the stack pointer apart.
    unsafe {
        loop {
            let w = *pc;
            let operation: Operation = std::mem::transmute::<u16, Operation>(w as u16 & 0x3ff);
            match operation {
                Operation::FuncInfo => {
                    out!();
                    let fail = exception::function_clause(vm, pc);
                    raise!(fail);
                }
                Operation::Trap => {
                    out!();
                    return turn::trapped(vm);
                }
                Operation::NormalExit => {
                    out!();
                    return turn::finished(vm);
                }
                Operation::Undefined => {
                    out!();
                    match calls::undefined(vm, bc!(w) as u32) {
                        Ok(target) => {
                            into!();
                            pc = target;
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                Operation::NativeStub => {
                    reds -= 1;
                    out!();
                    // The native's caller is on the stack.
                    vm.pc = std::ptr::null();
                    match calls::native(vm, bc!(w) as u32) {
                        Ok(value) => {
                            *x = value;
                            settle!(1);
                            into!();
                            pop_return!();
                            if reds <= 0 {
                                out!();
                                return turn::yielded_returning(vm, pc);
                            }
                        }
                        Err(fail) => match calls::redirect(vm, fail, std::ptr::null()) {
                            Ok(Some(target)) => {
                                into!();
                                enter!(target);
                            }
                            Ok(None) => return turn::hibernate(vm),
                            Err(fail) => {
                                // The native was entered by a jump: its caller's address is on the stack.
                                pc = ((*e).0 & !tag::MASK) as usize as *const u64;
                                pc = pc.sub(1);
                                vm.heap.stack = e.add(1).cast();
                                raise!(fail)
                            }
                        },
                    }
                }
                Operation::Jump => jump!(w),
                Operation::Call => {
                    push_return!(pc.add(1));
                    enter!(pc.offset((w as i64 >> 32) as isize));
                }
                Operation::CallOnly => {
                    enter!(pc.offset((w as i64 >> 32) as isize));
                }
                Operation::CallLast => {
                    e = e.add(a!(w));
                    enter!(pc.offset((w as i64 >> 32) as isize));
                }
                Operation::CallExt => {
                    let target = vm.export_code(bc!(w));
                    push_return!(pc.add(1));
                    enter!(target);
                }
                Operation::CallExtOnly => {
                    enter!(vm.export_code(bc!(w)));
                }
                Operation::CallExtLast => {
                    e = e.add(a!(w));
                    enter!(vm.export_code(bc!(w)));
                }
                Operation::CallNative => {
                    out!();
                    // Natives may ask where the process is.
                    vm.pc = pc;
                    match calls::native(vm, bc!(w) as u32) {
                        Ok(value) => {
                            *x = value;
                            settle!(1);
                            into!();
                            pc = pc.add(1);
                            reds -= 1;
                            if reds <= 0 {
                                out!();
                                return turn::yielded_returning(vm, pc);
                            }
                        }
                        Err(fail) => match calls::redirect(vm, fail, pc.add(1)) {
                            Ok(Some(target)) => {
                                into!();
                                enter!(target);
                            }
                            Ok(None) => return turn::hibernate(vm),
                            Err(fail) => raise!(fail),
                        },
                    }
                }
                Operation::Return => {
                    pop_return!();
                }
                Operation::DeallocateReturn => {
                    e = e.add(a!(w));
                    pop_return!();
                }
                // a: words of the frame, b: live registers, c: words of heap.
                Operation::Allocate => {
                    let frame = a!(w);
                    need!(frame + c!(w), b!(w));
                    // The loader made sure that registers of the frame are set before anything looks at them.
                    e = e.sub(frame);
                    pc = pc.add(1);
                }
                Operation::TestHeap => {
                    need!(bc!(w), a!(w));
                    pc = pc.add(1);
                }
                Operation::Deallocate => {
                    e = e.add(a!(w));
                    pc = pc.add(1);
                }
                // a: words that stay, b: words that go.
                Operation::Trim => {
                    e = e.add(b!(w));
                    pc = pc.add(1);
                }
                Operation::InitY => {
                    *e.add(a!(w)) = Term::NIL;
                    pc = pc.add(1);
                }
                Operation::InitY2 => {
                    *e.add(a!(w)) = Term::NIL;
                    *e.add(b!(w)) = Term::NIL;
                    pc = pc.add(1);
                }
                Operation::InitY3 => {
                    *e.add(a!(w)) = Term::NIL;
                    *e.add(b!(w)) = Term::NIL;
                    *e.add(c!(w)) = Term::NIL;
                    pc = pc.add(1);
                }

                Operation::MoveXX => {
                    *x.add(b!(w)) = *x.add(a!(w));
                    pc = pc.add(1);
                }
                Operation::MoveXY => {
                    *e.add(b!(w)) = *x.add(a!(w));
                    pc = pc.add(1);
                }
                Operation::MoveYX => {
                    *x.add(b!(w)) = *e.add(a!(w));
                    pc = pc.add(1);
                }
                Operation::MoveYY => {
                    *e.add(b!(w)) = *e.add(a!(w));
                    pc = pc.add(1);
                }
                Operation::MoveCX => {
                    *x.add(b!(w)) = Term(*pc.add(1));
                    pc = pc.add(2);
                }
                Operation::MoveCY => {
                    *e.add(b!(w)) = Term(*pc.add(1));
                    pc = pc.add(2);
                }
                Operation::MoveXXReturn => {
                    *x.add(b!(w)) = *x.add(a!(w));
                    pop_return!();
                }
                Operation::MoveCXReturn => {
                    *x.add(b!(w)) = Term(*pc.add(1));
                    pop_return!();
                }
                Operation::Move2 => {
                    let w1 = *pc.add(1);
                    set!(b!(w), src!(a!(w)));
                    set!(b!(w1), src!(a!(w1)));
                    next!(w);
                }
                Operation::Move3 => {
                    let w1 = *pc.add(1);
                    set!(b!(w), src!(a!(w)));
                    set!(b!(w1), src!(a!(w1)));
                    set!(c!(w), src!(c!(w1)));
                    next!(w);
                }
                Operation::Swap => {
                    let (l, r) = (src!(a!(w)), src!(b!(w)));
                    set!(a!(w), r);
                    set!(b!(w), l);
                    pc = pc.add(1);
                }
                Operation::PutList => {
                    *htop = src!(a!(w)).0;
                    *htop.add(1) = src!(b!(w)).0;
                    set!(c!(w), Term::cons_ptr(htop));
                    htop = htop.add(2);
                    next!(w);
                }
                Operation::PutListX => {
                    *htop = (*x.add(a!(w))).0;
                    *htop.add(1) = (*x.add(b!(w))).0;
                    *x.add(c!(w)) = Term::cons_ptr(htop);
                    htop = htop.add(2);
                    pc = pc.add(1);
                }
                // a: destination; b, c: size; operands packed behind; a last word gives the length.
                Operation::PutTuple => {
                    let size = bc!(w);
                    *htop = header(kind::TUPLE, size, 0);
                    let mut packed = 0;
                    for i in 0..size {
                        packed = if i % 4 == 0 { *pc.add(2 + i / 4) } else { packed >> 16 };
                        *htop.add(1 + i) = src!(packed as u16 as usize).0;
                    }
                    set!(a!(w), Term::boxed_ptr(htop));
                    htop = htop.add(1 + size);
                    pc = pc.add(*pc.add(1) as usize);
                }
                Operation::GetList => {
                    let p: *mut Term = src!(a!(w)).ptr().cast();
                    let (head, tail) = (*p, *p.add(1));
                    set!(b!(w), head);
                    set!(c!(w), tail);
                    next!(w);
                }
                Operation::GetListX => {
                    let p: *mut Term = (*x.add(a!(w))).ptr().cast();
                    let (head, tail) = (*p, *p.add(1));
                    *x.add(b!(w)) = head;
                    *x.add(c!(w)) = tail;
                    pc = pc.add(1);
                }
                Operation::GetHd => {
                    let p: *mut Term = src!(a!(w)).ptr().cast();
                    set!(b!(w), *p);
                    next!(w);
                }
                Operation::GetTl => {
                    let p: *mut Term = src!(a!(w)).ptr().cast();
                    set!(b!(w), *p.add(1));
                    next!(w);
                }
                Operation::GetTupleElement => {
                    let p: *mut Term = src!(a!(w)).ptr().cast();
                    set!(c!(w), *p.add(1 + b!(w)));
                    next!(w);
                }
                Operation::GetTupleElementX => {
                    let p: *mut Term = (*x.add(a!(w))).ptr().cast();
                    *x.add(c!(w)) = *p.add(1 + b!(w));
                    pc = pc.add(1);
                }
                // Two elements of one tuple in X; the second element and destination are in word 1.
                Operation::GetTupleElement2 => {
                    let w1 = *pc.add(1);
                    let p: *mut Term = (*x.add(a!(w))).ptr().cast();
                    let (first, second) = (*p.add(1 + b!(w)), *p.add(1 + b!(w1)));
                    set!(c!(w), first);
                    set!(c!(w1), second);
                    pc = pc.add(2);
                }

                Operation::IsInteger => test1!(w, t, t.is_small() || t.is_big()),
                Operation::IsFloat => test1!(w, t, t.is_kind(kind::FLOAT)),
                Operation::IsNumber => test1!(w, t, t.is_small() || t.is_kind(kind::FLOAT) || t.is_big()),
                Operation::IsAtom => test1!(w, t, t.is_atom()),
                Operation::IsPid => test1!(w, t, t.is_pid()),
                Operation::IsReference => test1!(w, t, t.is_ref()),
                Operation::IsPort => test1!(w, t, t.is_kind(kind::PORT)),
                Operation::IsNil => test1!(w, t, t.is_nil()),
                Operation::IsNilX => {
                    if (*x.add(a!(w))).is_nil() {
                        pc = pc.add(1)
                    } else {
                        jump!(w)
                    }
                }
                Operation::IsBinary => test1!(w, t, t.bits().is_some_and(|bits| bits.is_binary())),
                Operation::IsBitstr => test1!(w, t, t.is_bits()),
                Operation::IsList => test1!(w, t, t.is_list()),
                Operation::IsNonemptyList => test1!(w, t, t.is_cons()),
                Operation::IsNonemptyListX => {
                    if (*x.add(a!(w))).is_cons() {
                        pc = pc.add(1)
                    } else {
                        jump!(w)
                    }
                }
                // As `IsNonemptyListX`, with the two X destinations of a `GetList` in word 1.
                Operation::IsNonemptyListGetList => {
                    let t = *x.add(a!(w));
                    if t.is_cons() {
                        let w1 = *pc.add(1);
                        let p: *mut Term = t.ptr().cast();
                        let (head, tail) = (*p, *p.add(1));
                        set!(b!(w1), head);
                        set!(c!(w1), tail);
                        pc = pc.add(2);
                    } else {
                        jump!(w)
                    }
                }
                Operation::IsTuple => test1!(w, t, t.is_kind(kind::TUPLE)),
                Operation::IsMap => test1!(w, t, t.is_map()),
                Operation::IsBoolean => test1!(w, t, t == atoms::TRUE || t == atoms::FALSE),
                Operation::IsFunction => test1!(w, t, t.is_fun()),
                // Word 1: the header of a tuple of that size. The source is known to be a tuple.
                Operation::TestArity => {
                    let t = src!(a!(w));
                    if t.header() == *pc.add(1) { next!(w) } else { jump!(w) }
                }
                // Word 1: the header of a tuple of that size; word 2: its first element.
                Operation::IsTaggedTuple => {
                    let t = src!(a!(w));
                    if t.is_boxed() && *t.ptr() == *pc.add(1) && *t.ptr().add(1) == *pc.add(2) {
                        next!(w)
                    } else {
                        jump!(w)
                    }
                }
                Operation::IsLt => {
                    test2!(w, l, r, (l.0 as i64) < r.0 as i64, compare::cmp(l, r, vm.atoms()).is_lt())
                }
                Operation::IsGe => {
                    test2!(w, l, r, l.0 as i64 >= r.0 as i64, compare::cmp(l, r, vm.atoms()).is_ge())
                }
                Operation::IsEq => test2!(w, l, r, l == r, l == r || compare::eq(l, r)),
                Operation::IsNe => test2!(w, l, r, l != r, l != r && !compare::eq(l, r)),
                Operation::IsEqExact => test2!(w, l, r, l == r, l == r || compare::eq_exact(l, r)),
                Operation::IsNeExact => test2!(w, l, r, l != r, l != r && !compare::eq_exact(l, r)),
                Operation::IsEqExactImm => {
                    if src!(a!(w)).0 == *pc.add(1) {
                        pc = pc.add(2)
                    } else {
                        jump!(w)
                    }
                }
                Operation::IsNeExactImm => {
                    if src!(a!(w)).0 != *pc.add(1) {
                        pc = pc.add(2)
                    } else {
                        jump!(w)
                    }
                }
                Operation::IsLtImm => {
                    let (l, r) = (src!(a!(w)), Term(*pc.add(1)));
                    let holds =
                        if l.is_small() { (l.0 as i64) < r.0 as i64 } else { compare::cmp(l, r, vm.atoms()).is_lt() };
                    if holds { pc = pc.add(2) } else { jump!(w) }
                }
                Operation::IsGeImm => {
                    let (l, r) = (src!(a!(w)), Term(*pc.add(1)));
                    let holds =
                        if l.is_small() { l.0 as i64 >= r.0 as i64 } else { compare::cmp(l, r, vm.atoms()).is_ge() };
                    if holds { pc = pc.add(2) } else { jump!(w) }
                }
                // a: source, b, c: number of pairs; word 1: default; then values and, behind them, distances.
                Operation::SelectLinear => {
                    let t = src!(a!(w)).0;
                    let count = bc!(w);
                    let mut to = *pc.add(1) as i64;
                    for i in 0..count {
                        if *pc.add(2 + i) == t {
                            to = *pc.add(2 + count + i) as i64;
                            break;
                        }
                    }
                    pc = pc.offset(to as isize);
                }
                // As `SelectLinear` with sorted values.
                Operation::SelectBinary => {
                    let t = src!(a!(w)).0;
                    let count = bc!(w);
                    let values = std::slice::from_raw_parts(pc.add(2), count);
                    let to = match values.binary_search(&t) {
                        Ok(i) => *pc.add(2 + count + i),
                        Err(_) => *pc.add(1),
                    };
                    pc = pc.offset(to as i64 as isize);
                }
                // Word 2: lowest value; then distances for it and the values above, all of one tag.
                Operation::SelectDense => {
                    let t = src!(a!(w)).0;
                    let slot = t.wrapping_sub(*pc.add(2));
                    let i = slot.rotate_right(3);
                    let to = if i < bc!(w) as u64 { *pc.add(3 + i as usize) } else { *pc.add(1) };
                    pc = pc.offset(to as i64 as isize);
                }
                // As `SelectLinear` with tuple headers for values.
                Operation::SelectArity => {
                    let t = src!(a!(w)).header();
                    let count = bc!(w);
                    let mut to = *pc.add(1) as i64;
                    for i in 0..count {
                        if *pc.add(2 + i) == t {
                            to = *pc.add(2 + count + i) as i64;
                            break;
                        }
                    }
                    pc = pc.offset(to as isize);
                }

                Operation::Add => {
                    arithmetic!(w, add, l, r, (l.0 as i64).checked_add(r.0 as i64).map(|v| v as u64))
                }
                Operation::Sub => {
                    arithmetic!(w, sub, l, r, (l.0 as i64).checked_sub(r.0 as i64).map(|v| v as u64))
                }
                // Word 2: the small to add, as a term.
                Operation::AddSmall => {
                    let l = src!(a!(w));
                    let r = *pc.add(2) as i64;
                    let sum = (l.0 as i64).wrapping_add(r);
                    if l.is_small() && ((sum ^ l.0 as i64) & (sum ^ r)) >= 0 {
                        set!(c!(w), Term(sum as u64));
                        pc = pc.add(3);
                    } else {
                        settle_at!();
                        let l = src!(a!(w));
                        match arithmetic::add_constant(vm, l, Term(r as u64), b!(w) != 0) {
                            Ok(value) => {
                                htop = vm.heap.top;
                                set!(c!(w), value);
                                pc = pc.add(3);
                            }
                            Err(_) if *pc.add(1) as i32 != 0 => {
                                vm.fault = None;
                                jump1!()
                            }
                            Err(fail) => raise!(fail),
                        }
                    }
                }
                Operation::Mul => {
                    arithmetic!(w, mul, l, r, arithmetic::mul_small(l, r))
                }
                Operation::IntDiv => {
                    arithmetic!(w, int_div, l, r, arithmetic::div_small(l, r))
                }
                Operation::IntRem => {
                    arithmetic!(
                        w,
                        int_rem,
                        l,
                        r,
                        if r.0 == 0 { None } else { Some((l.0 as i64).wrapping_rem(r.0 as i64) as u64) }
                    )
                }
                Operation::Band => arithmetic!(w, band, l, r, Some(l.0 & r.0)),
                Operation::Bor => arithmetic!(w, bor, l, r, Some(l.0 | r.0)),
                Operation::Bxor => arithmetic!(w, bxor, l, r, Some(l.0 ^ r.0)),
                Operation::Bsl => arithmetic!(w, bsl, l, r, arithmetic::bsl_small(l, r)),
                Operation::Bsr => arithmetic!(w, bsr, l, r, arithmetic::bsr_small(l, r)),

                // a: destination, b: native; word 1: jump distance (0: raise), live registers in the upper half; then operands.
                Operation::Bif0 => {
                    out!();
                    match calls::guard_native(vm, b!(w), &[]) {
                        Ok(value) => {
                            htop = vm.heap.top;
                            set!(a!(w), value);
                            pc = pc.add(2);
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                Operation::Bif1 | Operation::Bif2 | Operation::Bif3 => {
                    settle_at!();
                    let packed = *pc.add(2);
                    let count = operation as usize - Operation::Bif0 as usize;
                    let mut arguments = [Term::NIL; 3];
                    for (i, argument) in arguments.iter_mut().enumerate().take(count) {
                        *argument = src!((packed >> (16 * i)) as u16 as usize);
                    }
                    match calls::guard_native(vm, b!(w), &arguments[..count]) {
                        Ok(value) => {
                            htop = vm.heap.top;
                            reds = vm.reductions_left;
                            set!(a!(w), value);
                            next!(w);
                        }
                        Err(_) if *pc.add(1) as i32 != 0 => {
                            vm.fault = None;
                            jump1!()
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                // The common guard functions: a: source, c: destination; word 1 as above. Anything unusual is left to the native.
                Operation::Hd => {
                    let t = src!(a!(w));
                    if t.is_cons() {
                        set!(c!(w), Term(*t.ptr()));
                        next!(w);
                    } else if *pc.add(1) as i32 != 0 {
                        jump1!()
                    } else {
                        fail!(calls::guard_fault(vm, atoms::HD, &[t], Fail::BADARG))
                    }
                }
                Operation::Tl => {
                    let t = src!(a!(w));
                    if t.is_cons() {
                        set!(c!(w), Term(*t.ptr().add(1)));
                        next!(w);
                    } else if *pc.add(1) as i32 != 0 {
                        jump1!()
                    } else {
                        fail!(calls::guard_fault(vm, atoms::TL, &[t], Fail::BADARG))
                    }
                }
                Operation::TupleSize => {
                    let t = src!(a!(w));
                    if t.is_kind(kind::TUPLE) {
                        set!(c!(w), Term::small(header_size(*t.ptr()) as i64));
                        next!(w);
                    } else if *pc.add(1) as i32 != 0 {
                        jump1!()
                    } else {
                        fail!(calls::guard_fault(vm, atoms::TUPLE_SIZE, &[t], Fail::BADARG))
                    }
                }
                // a: index, b: tuple, c: destination.
                Operation::Element => {
                    let (i, t) = (src!(a!(w)), src!(b!(w)));
                    let at = (i.0 as i64 >> 3).wrapping_sub(1) as u64;
                    if i.is_small() && t.is_kind(kind::TUPLE) && at < header_size(*t.ptr()) as u64 {
                        set!(c!(w), Term(*t.ptr().add(1 + at as usize)));
                        next!(w);
                    } else if *pc.add(1) as i32 != 0 {
                        jump1!()
                    } else {
                        fail!(calls::guard_fault(vm, atoms::ELEMENT, &[i, t], Fail::BADARG))
                    }
                }
                // a: key, b: map, c: destination.
                Operation::MapGet => {
                    let (key, map) = (src!(a!(w)), src!(b!(w)));
                    match if map.is_map() { crate::map::get(map, key) } else { None } {
                        Some(value) => {
                            set!(c!(w), value);
                            next!(w);
                        }
                        None if *pc.add(1) as i32 != 0 => jump1!(),
                        None => {
                            fail!(calls::map_get_fault(vm, key, map))
                        }
                    }
                }
                Operation::Length => {
                    let t = src!(a!(w));
                    let mut list = t.list();
                    let mut length = 0i64;
                    while list.next().is_some() {
                        length += 1;
                    }
                    if list.tail().is_nil() {
                        reds -= length >> 4;
                        set!(c!(w), Term::small(length));
                        next!(w);
                    } else if *pc.add(1) as i32 != 0 {
                        jump1!()
                    } else {
                        fail!(calls::guard_fault(vm, atoms::LENGTH, &[t], Fail::BADARG))
                    }
                }
                Operation::Self_ => {
                    set!(a!(w), vm.pid);
                    pc = pc.add(1);
                }

                // a: arity.
                Operation::CallFun => {
                    out!();
                    match calls::fun(vm, a!(w), *x.add(a!(w))) {
                        Ok(target) => {
                            push_return!(pc.add(1));
                            enter!(target);
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                // a: arity, b: fun.
                Operation::CallFun2 => {
                    let fun = src!(b!(w));
                    out!();
                    match calls::fun(vm, a!(w), fun) {
                        Ok(target) => {
                            push_return!(pc.add(((w >> 10) & 63) as usize));
                            enter!(target);
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                // a: arity, b: words of the frame.
                Operation::CallFunLast => {
                    out!();
                    match calls::fun(vm, a!(w), *x.add(a!(w))) {
                        Ok(target) => {
                            e = e.add(b!(w));
                            enter!(target);
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                // a: arity, b: fun, c: words of the frame.
                Operation::CallFun2Last => {
                    let fun = src!(b!(w));
                    out!();
                    match calls::fun(vm, a!(w), fun) {
                        Ok(target) => {
                            e = e.add(c!(w));
                            enter!(target);
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                Operation::Apply => {
                    out!();
                    match calls::apply(vm, a!(w)) {
                        Ok(target) => {
                            into!();
                            push_return!(pc.add(1));
                            enter!(target);
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                // a: arity, b: words of the frame.
                Operation::ApplyLast => {
                    out!();
                    match calls::apply(vm, a!(w)) {
                        Ok(target) => {
                            into!();
                            e = e.add(b!(w));
                            enter!(target);
                        }
                        Err(fail) => {
                            // A function that is not there fails in place of its caller.
                            if vm.fault.is_some_and(|fault| !fault.is_native) {
                                e = e.add(b!(w));
                                pc = (((*e).0 & !tag::MASK) as usize as *const u64).sub(1);
                                vm.heap.stack = e.add(1).cast();
                            }
                            raise!(fail)
                        }
                    }
                }
                // a: destination, b: number of captured values; word 1: fun; then packed operands. The heap was tested before.
                Operation::MakeFun => {
                    let count = b!(w);
                    *htop = header(kind::FUN, 1 + count, 0);
                    *htop.add(1) = *pc.add(1);
                    let mut packed = 0;
                    for i in 0..count {
                        packed = if i % 4 == 0 { *pc.add(3 + i / 4) } else { packed >> 16 };
                        *htop.add(2 + i) = src!(packed as u16 as usize).0;
                    }
                    set!(a!(w), Term::boxed_ptr(htop));
                    htop = htop.add(2 + count);
                    pc = pc.add(*pc.add(2) as usize);
                }

                // a: Y register; b, c: handler.
                Operation::Try | Operation::Catch => {
                    let handler = pc.offset((w as i64 >> 32) as isize);
                    *e.add(a!(w)) = Term(handler as usize as u64 | tag::HEADER);
                    pc = pc.add(1);
                }
                Operation::TryEnd => {
                    *e.add(a!(w)) = Term::NIL;
                    pc = pc.add(1);
                }

                // a: source, b: destination; word 1: failure and live registers. A context that is there already is used on.
                Operation::BsStartMatch => {
                    let t = src!(a!(w));
                    if t.is_kind(kind::MATCH) {
                        set!(b!(w), t);
                        next!(w);
                    } else {
                        out!();
                        match slow::bitstring::start_match(vm, crate::instr::Code(pc)) {
                            Ok(target) => {
                                into!();
                                pc = target;
                            }
                            Err(fail) => fail!(fail),
                        }
                    }
                }
                // The next byte, where there is one and the rest is a multiple of c bits. a: context, b: destination; word 1: failure.
                Operation::BsMatchByte => match slow::bitstring::next_byte(src!(a!(w)), c!(w)) {
                    Some(byte) => {
                        set!(b!(w), byte);
                        next!(w);
                    }
                    None => jump1!(),
                },

                Operation::LoopRec => {
                    out!();
                    match vm.current_message() {
                        Ok(Some(message)) => {
                            into!();
                            *x = message;
                            pc = pc.add(1);
                        }
                        Ok(None) => jump!(w),
                        Err(fail) => raise!(fail),
                    }
                }
                Operation::LoopRecEnd => {
                    vm.mailbox.position += 1;
                    reds -= 1;
                    jump!(w);
                    if reds <= 0 {
                        out!();
                        return turn::yielded_live(vm, pc, 0);
                    }
                }
                Operation::Wait => {
                    jump!(w);
                    out!();
                    return turn::waiting(vm, pc, None);
                }
                // a: timeout; b, c: the `LoopRec`.
                Operation::WaitTimeout => {
                    let timeout = src!(a!(w));
                    out!();
                    match turn::deadline(vm, timeout) {
                        Ok(turn::Deadline::Passed) => next!(w),
                        Ok(turn::Deadline::Until(at)) => {
                            jump!(w);
                            return turn::waiting(vm, pc, at);
                        }
                        Err(fail) => raise!(fail),
                    }
                }
                Operation::Timeout => {
                    vm.deadline = None;
                    vm.mailbox.position = 0;
                    pc = pc.add(1);
                }
                Operation::RemoveMessage => {
                    vm.remove_message();
                    pc = pc.add(1);
                }
                Operation::Send => {
                    out!();
                    match calls::send(vm, *x, *x.add(1)) {
                        Ok(value) => {
                            *x = value;
                            settle!(1);
                            into!();
                            pc = pc.add(1);
                            reds -= 1;
                            if reds <= 0 {
                                out!();
                                return turn::yielded_returning(vm, pc);
                            }
                        }
                        Err(fail) => raise!(fail),
                    }
                }

                // a: source, b: float register.
                Operation::Fmove => {
                    *f.add(b!(w)) = f64::from_bits(*src!(a!(w)).ptr().add(1));
                    next!(w);
                }
                Operation::FmoveOut => {
                    *htop = header(kind::FLOAT, 1, 0);
                    *htop.add(1) = (*f.add(a!(w))).to_bits();
                    set!(b!(w), Term::boxed_ptr(htop));
                    htop = htop.add(2);
                    pc = pc.add(1);
                }
                Operation::Fconv => {
                    let t = src!(a!(w));
                    if t.is_small() {
                        *f.add(b!(w)) = t.as_small() as f64;
                        next!(w);
                    } else if t.is_boxed() && header_kind(*t.ptr()) == kind::FLOAT {
                        *f.add(b!(w)) = f64::from_bits(*t.ptr().add(1));
                        next!(w);
                    } else {
                        match crate::arith::to_f64(t) {
                            Some(value) => {
                                *f.add(b!(w)) = value;
                                next!(w);
                            }
                            None => fail!(Fail::BADARITH),
                        }
                    }
                }
                Operation::Fadd => float_operation!(w, l, r, l + r),
                Operation::Fsub => float_operation!(w, l, r, l - r),
                Operation::Fmul => float_operation!(w, l, r, l * r),
                Operation::Fdiv => float_operation!(w, l, r, l / r),
                Operation::Fnegate => {
                    *f.add(c!(w)) = -*f.add(a!(w));
                    pc = pc.add(1);
                }

                _ => {
                    out!();
                    let step = slow::TABLE[(operation as u16 - FIRST_SLOW) as usize];
                    match step(vm, crate::instr::Code(pc)) {
                        Ok(target) => {
                            into!();
                            pc = target;
                            if STRESS {
                                debug_assert!(!pc.is_null());
                            }
                        }
                        Err(fail) => raise!(fail),
                    }
                }
            }
        }
    }
}

/// The word that `IsTaggedTuple` and `TestArity` compare a header with.
pub fn tuple_header(size: usize) -> u64 {
    header(kind::TUPLE, size, 0)
}
