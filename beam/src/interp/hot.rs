//! Table: the operations that programs execute most, one arm each.
//!
//! This loop calls nothing: program counter, heap top, stack pointer and reductions then stay in registers of the machine
//! that runs it, also in wasm, where a call would cost a store and a load of each. What an arm cannot do without a call, it
//! leaves to [`super::slow`], which does the whole instruction. Operands were checked by the loader, which is what the
//! unchecked reads of this file rely on.

use crate::atoms;
use crate::bits::flag;
use crate::bitstring::matching::{HEADER as MATCH_HEADER, context};
use crate::code::{Export, FunEntry};
use crate::heap::{OffBin, RESERVED_WORDS};
use crate::instr::{FIRST_COMPUTING, FIRST_DATA, FIRST_TEST, OPERAND_CONST, OPERAND_Y, Operation};
use crate::interp::arithmetic;
use crate::term::{Term, header, header_kind, header_size, kind, tag};
use crate::vm::Vm;

/// Why the loop stopped. `Vm::pc` tells where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Left {
    /// In front of an instruction that is done elsewhere.
    Instruction,
    /// The reductions are used up, in front of a function.
    Function,
    /// The reductions are used up in a `receive`, in front of the next message.
    Receive,
}

/// The slot of a register operand: without a branch, as either kind is as likely.
///
/// # Safety
/// `x` and `e` are the X registers and the top of the stack, and the operand is of the current instruction.
#[inline(always)]
unsafe fn register(x: *mut Term, e: *mut Term, operand: usize) -> *mut Term {
    let base = if operand & OPERAND_Y as usize == 0 { x } else { e.wrapping_byte_sub(OPERAND_Y as usize) };
    base.wrapping_byte_add(operand)
}

/// Runs from `Vm::pc` on. With `STRESS`, whatever allocates is left to others.
#[inline(never)]
pub(super) fn run<const STRESS: bool>(vm: &mut Vm) -> Left {
    let x: *mut Term = vm.x.as_mut_ptr();
    let f: *mut f64 = vm.x.floats();
    // Neither table moves while this loop runs.
    let exports: *const Export = vm.image.get().code.exports.as_ptr();
    let funs: *const FunEntry = vm.image.get().code.funs.as_ptr();
    let mut pc = vm.pc;
    let mut htop = vm.heap.top;
    let mut e: *mut Term = vm.heap.stack.cast();
    let mut reds = vm.reductions_left;

    // SAFETY: for the whole loop: the loader checked every operand against the registers, stack frames, labels and
    // tables they refer to; `need!` keeps the heap top and the stack pointer apart.
    let left = unsafe {
        'run: loop {
            // Operand fields of the current instruction word.
            macro_rules! a {
                () => {
                    *pc.cast::<u16>().add(1) as usize
                };
            }
            macro_rules! b {
                () => {
                    *pc.cast::<u16>().add(2) as usize
                };
            }
            macro_rules! c {
                () => {
                    *pc.cast::<u16>().add(3) as usize
                };
            }
            macro_rules! bc {
                () => {
                    *pc.cast::<u32>().add(1) as usize
                };
            }
            // The slot of an X register.
            macro_rules! x {
                ($o:expr) => {
                    *x.byte_add($o)
                };
            }
            // The slot of a Y register.
            macro_rules! y {
                ($o:expr) => {
                    *e.byte_add($o)
                };
            }
            // The slot of a register of either kind.
            macro_rules! reg {
                ($o:expr) => {
                    *register(x, e, $o)
                };
            }
            // A register or a constant of the instruction.
            macro_rules! src {
                ($o:expr) => {{
                    let o: usize = $o;
                    if o & OPERAND_CONST as usize == 0 {
                        reg!(o)
                    } else {
                        *pc.cast::<Term>().byte_add(o - OPERAND_CONST as usize)
                    }
                }};
            }
            macro_rules! next {
                () => {
                    pc = pc.add(*pc.cast::<u8>().add(1) as usize)
                };
            }
            // Jump by the distance in fields b and c.
            macro_rules! jump {
                () => {
                    pc = pc.byte_offset(*pc.cast::<i32>().add(1) as isize)
                };
            }
            // Jump by the distance in the lower half of word 1.
            macro_rules! jump1 {
                () => {
                    pc = pc.byte_offset(*pc.cast::<i32>().add(2) as isize)
                };
            }
            // Leave the instruction to others.
            macro_rules! slow {
                () => {
                    break 'run Left::Instruction
                };
            }
            macro_rules! need {
                ($words:expr) => {
                    if (e as usize - htop as usize) < ($words + RESERVED_WORDS) * 8 || STRESS {
                        slow!()
                    }
                };
            }
            // Continues at a function, or ends the turn in front of it.
            macro_rules! enter {
                ($target:expr) => {
                    pc = $target;
                    reds -= 1;
                    if reds <= 0 {
                        break 'run Left::Function;
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
            // The moves in word 1, in order.
            macro_rules! moves {
                ($count:literal) => {
                    let pairs = pc.add(1).cast::<u16>();
                    reg!(*pairs.add(1) as usize) = src!(*pairs as usize);
                    if $count > 1 {
                        reg!(*pairs.add(3) as usize) = src!(*pairs.add(2) as usize);
                    }
                };
            }
            // Writes integers of whole bytes, the first of which is segment `from` of `count`, to bytes. Word 2: number of segments;
            // then three words a segment: flags in byte 1; value; bits.
            macro_rules! integers {
                ($from:expr, $count:expr, $to:expr) => {
                    let (mut segment, mut to): (usize, *mut u8) = ($from, $to);
                    while segment < $count {
                        let words = pc.add(3 + 3 * segment);
                        let value = src!(*words.add(1).cast::<u16>() as usize);
                        if !value.is_small() {
                            slow!()
                        }
                        let (bits, value) = (*words.add(2), value.as_small() as u64);
                        let is_little = flag::is_little(u32::from(*words.cast::<u8>().add(1)));
                        let ordered = if is_little { value } else { (value << (64 - bits)).swap_bytes() };
                        let bytes = (bits / 8) as usize;
                        let mut left = ordered;
                        for i in 0..bytes {
                            *to.add(i) = left as u8;
                            left >>= 8;
                        }
                        to = to.add(bytes);
                        segment += 1;
                    }
                };
            }
            macro_rules! test1 {
                ($t:ident, $condition:expr) => {{
                    let $t = src!(a!());
                    if $condition { next!() } else { jump!() }
                }};
            }
            // Compares two small integers.
            macro_rules! ordered {
                ($l:ident, $r:ident, $holds:expr) => {{
                    let ($l, $r) = (src!(a!()), src!(b!()));
                    if ($l.0 | $r.0) & tag::MASK != 0 {
                        slow!()
                    }
                    if $holds { next!() } else { jump1!() }
                }};
            }
            // Compares a small integer in a register with one in word 1.
            macro_rules! ordered_immediate {
                ($l:ident, $r:ident, $holds:expr) => {{
                    let ($l, $r) = (reg!(a!()), Term(*pc.add(1)));
                    if !$l.is_small() {
                        slow!()
                    }
                    if $holds { pc = pc.add(2) } else { jump!() }
                }};
            }
            // Whether two words are the same tells whether the terms are, where one of them is an immediate.
            macro_rules! equal {
                ($same:ident, $holds:expr, $exact:expr) => {{
                    let (l, r) = (src!(a!()), src!(b!()));
                    let $same = l == r;
                    let decided = $same
                        || if $exact {
                            l.is_immediate() || r.is_immediate()
                        } else {
                            l.is_immediate() && r.is_immediate()
                        };
                    if !decided {
                        slow!()
                    }
                    if $holds { next!() } else { jump1!() }
                }};
            }
            macro_rules! arithmetic {
                ($l:ident, $r:ident, $fast:expr) => {{
                    let ($l, $r) = (src!(a!()), src!(b!()));
                    if ($l.0 | $r.0) & tag::MASK != 0 {
                        slow!()
                    }
                    let value: Option<u64> = $fast;
                    let Some(value) = value else { slow!() };
                    reg!(c!()) = Term(value);
                    next!();
                }};
            }
            // The address of a function, by the distance in fields b and c.
            macro_rules! near {
                () => {
                    pc.byte_offset(*pc.cast::<i32>().add(1) as isize)
                };
            }
            // Copies what a fun has captured behind its arguments; gives its code.
            macro_rules! fun {
                ($fun:expr, $arity:expr) => {{
                    let (fun, arity): (Term, usize) = ($fun, $arity);
                    if !fun.is_boxed() || header_kind(*fun.ptr()) != kind::FUN {
                        slow!()
                    }
                    let entry = funs.add(Term(*fun.ptr().add(1)).as_small() as usize);
                    if (*entry).arity as usize != arity || (*entry).code.is_null() {
                        slow!()
                    }
                    let captured = header_size(*fun.ptr()) - 1;
                    let (mut from, mut to) = (fun.ptr().add(2), x.add(arity));
                    for _ in 0..captured {
                        *to = Term(*from);
                        (from, to) = (from.add(1), to.add(1));
                    }
                    (*entry).code
                }};
            }
            // A float operation that overflows is an error.
            macro_rules! float_operation {
                ($l:ident, $r:ident, $value:expr) => {{
                    let ($l, $r) = (*f.byte_add(a!()), *f.byte_add(b!()));
                    let value: f64 = $value;
                    if !value.is_finite() {
                        slow!()
                    }
                    *f.byte_add(c!()) = value;
                    pc = pc.add(1);
                }};
            }

            // The match context of the instruction: its words.
            macro_rules! context {
                () => {{
                    let t = reg!(a!());
                    if t.header() != MATCH_HEADER {
                        slow!()
                    }
                    t.ptr()
                }};
            }
            // The bytes that a match context lies in.
            macro_rules! bytes_of {
                ($context:expr) => {{
                    let storage = Term(*$context.add(context::STORAGE)).ptr();
                    if header_kind(*storage) == kind::HEAPBITS {
                        storage.add(2).cast::<u8>().cast_const()
                    } else {
                        (*(*storage.add(1) as usize as *const OffBin)).start()
                    }
                }};
            }

            let operation: Operation = std::mem::transmute::<u8, Operation>(*pc.cast::<u8>());
            let number = operation as u8;
            // Processors guess where an indirect jump goes from the branches before it: one jump for all operations would be
            // guessed wrong most of the time.
            if number < FIRST_TEST {
                if number < FIRST_DATA {
                    match operation {
                        Operation::Jump => jump!(),
                        Operation::Call => {
                            push_return!(pc.add(1));
                            enter!(near!());
                        }
                        Operation::CallOnly => {
                            enter!(near!());
                        }
                        Operation::CallLast => {
                            e = e.byte_add(a!());
                            enter!(near!());
                        }
                        Operation::CallExt => {
                            push_return!(pc.add(1));
                            enter!((*exports.add(bc!())).code);
                        }
                        Operation::CallExtOnly => {
                            enter!((*exports.add(bc!())).code);
                        }
                        Operation::CallExtLast => {
                            e = e.byte_add(a!());
                            enter!((*exports.add(bc!())).code);
                        }
                        Operation::Return => {
                            pop_return!();
                        }
                        Operation::DeallocateReturn => {
                            e = e.byte_add(a!());
                            pop_return!();
                        }
                        // a: size of the frame, b: source, c: destination.
                        Operation::MoveDeallocateReturn => {
                            reg!(c!()) = src!(b!());
                            e = e.byte_add(a!());
                            pop_return!();
                        }
                        // As the calls; word 1: one or two pairs of a source and a destination.
                        Operation::MoveCall => {
                            moves!(1);
                            push_return!(pc.add(*pc.cast::<u8>().add(1) as usize));
                            enter!(near!());
                        }
                        Operation::MoveCallOnly => {
                            moves!(1);
                            enter!(near!());
                        }
                        Operation::MoveCallLast => {
                            moves!(1);
                            e = e.byte_add(a!());
                            enter!(near!());
                        }
                        Operation::Move2Call => {
                            moves!(2);
                            push_return!(pc.add(*pc.cast::<u8>().add(1) as usize));
                            enter!(near!());
                        }
                        Operation::Move2CallOnly => {
                            moves!(2);
                            enter!(near!());
                        }
                        Operation::Move2CallLast => {
                            moves!(2);
                            e = e.byte_add(a!());
                            enter!(near!());
                        }
                        // As `Allocate`; word 1: two pairs of an X and a Y register.
                        Operation::AllocateMove => {
                            let frame = a!();
                            need!(frame / 8 + c!());
                            e = e.byte_sub(frame);
                            let pairs = pc.add(1).cast::<u16>();
                            y!(*pairs.add(1) as usize) = x!(*pairs as usize);
                            y!(*pairs.add(3) as usize) = x!(*pairs.add(2) as usize);
                            pc = pc.add(2);
                        }
                        // a: size of the frame, b: live registers, c: words of heap.
                        Operation::Allocate => {
                            let frame = a!();
                            need!(frame / 8 + c!());
                            // The loader made sure that registers of the frame are set before anything looks at them.
                            e = e.byte_sub(frame);
                            pc = pc.add(1);
                        }
                        Operation::TestHeap => {
                            need!(bc!());
                            pc = pc.add(1);
                        }
                        Operation::Deallocate => {
                            e = e.byte_add(a!());
                            pc = pc.add(1);
                        }
                        Operation::InitY => {
                            y!(a!()) = Term::NIL;
                            pc = pc.add(1);
                        }
                        Operation::InitY2 => {
                            y!(a!()) = Term::NIL;
                            y!(b!()) = Term::NIL;
                            pc = pc.add(1);
                        }
                        Operation::InitY3 => {
                            y!(a!()) = Term::NIL;
                            y!(b!()) = Term::NIL;
                            y!(c!()) = Term::NIL;
                            pc = pc.add(1);
                        }

                        // a: arity.
                        Operation::CallFun => {
                            let target = fun!(*x.add(a!()), a!());
                            push_return!(pc.add(1));
                            enter!(target);
                        }
                        // a: arity, b: fun.
                        Operation::CallFun2 => {
                            let target = fun!(src!(b!()), a!());
                            push_return!(pc.add(*pc.cast::<u8>().add(1) as usize));
                            enter!(target);
                        }
                        // a: arity, b: size of the frame.
                        Operation::CallFunLast => {
                            let target = fun!(*x.add(a!()), a!());
                            e = e.byte_add(b!());
                            enter!(target);
                        }
                        // a: arity, b: fun, c: size of the frame.
                        Operation::CallFun2Last => {
                            let target = fun!(src!(b!()), a!());
                            e = e.byte_add(c!());
                            enter!(target);
                        }
                        // a: Y register; b, c: handler.
                        Operation::Try | Operation::Catch => {
                            y!(a!()) = Term(near!() as usize as u64 | tag::HEADER);
                            pc = pc.add(1);
                        }
                        Operation::TryEnd => {
                            y!(a!()) = Term::NIL;
                            pc = pc.add(1);
                        }

                        Operation::LoopRecEnd => {
                            vm.mailbox.position += 1;
                            reds -= 1;
                            jump!();
                            if reds <= 0 {
                                break 'run Left::Receive;
                            }
                        }
                        Operation::Timeout => {
                            vm.deadline = None;
                            vm.mailbox.position = 0;
                            pc = pc.add(1);
                        }
                        _ => slow!(),
                    }
                } else {
                    match operation {
                        Operation::MoveXX => {
                            x!(b!()) = x!(a!());
                            pc = pc.add(1);
                        }
                        Operation::MoveXY => {
                            y!(b!()) = x!(a!());
                            pc = pc.add(1);
                        }
                        Operation::MoveYX => {
                            x!(b!()) = y!(a!());
                            pc = pc.add(1);
                        }
                        Operation::MoveYY => {
                            y!(b!()) = y!(a!());
                            pc = pc.add(1);
                        }
                        Operation::MoveCX => {
                            x!(b!()) = Term(*pc.add(1));
                            pc = pc.add(2);
                        }
                        Operation::MoveCY => {
                            y!(b!()) = Term(*pc.add(1));
                            pc = pc.add(2);
                        }
                        Operation::MoveXXReturn => {
                            x!(b!()) = x!(a!());
                            pop_return!();
                        }
                        Operation::MoveCXReturn => {
                            x!(b!()) = Term(*pc.add(1));
                            pop_return!();
                        }
                        // The second and third pair of operands: quarters 1 and 2 of word 1; c, and quarter 3 of word 1.
                        Operation::Move2 => {
                            reg!(b!()) = src!(a!());
                            reg!(*pc.cast::<u16>().add(6) as usize) = src!(*pc.cast::<u16>().add(5) as usize);
                            next!();
                        }
                        Operation::Move3 => {
                            reg!(b!()) = src!(a!());
                            reg!(*pc.cast::<u16>().add(6) as usize) = src!(*pc.cast::<u16>().add(5) as usize);
                            reg!(c!()) = src!(*pc.cast::<u16>().add(7) as usize);
                            next!();
                        }
                        Operation::Swap => {
                            let (l, r) = (reg!(a!()), reg!(b!()));
                            reg!(a!()) = r;
                            reg!(b!()) = l;
                            pc = pc.add(1);
                        }
                        Operation::PutList => {
                            *htop = src!(a!()).0;
                            *htop.add(1) = src!(b!()).0;
                            reg!(c!()) = Term::cons_ptr(htop);
                            htop = htop.add(2);
                            next!();
                        }
                        Operation::PutListX => {
                            *htop = x!(a!()).0;
                            *htop.add(1) = x!(b!()).0;
                            x!(c!()) = Term::cons_ptr(htop);
                            htop = htop.add(2);
                            pc = pc.add(1);
                        }
                        // a: destination; b, c: size; word 1: length; then packed operands.
                        Operation::PutTuple => {
                            let size = bc!();
                            *htop = header(kind::TUPLE, size, 0);
                            let (mut operand, mut to) = (pc.add(2).cast::<u16>(), htop);
                            for _ in 0..size {
                                to = to.add(1);
                                *to = src!(*operand as usize).0;
                                operand = operand.add(1);
                            }
                            reg!(a!()) = Term::boxed_ptr(htop);
                            htop = to.add(1);
                            pc = pc.add(*pc.add(1) as usize);
                        }
                        Operation::PutTuple2 => {
                            let operand = pc.add(1).cast::<u16>();
                            *htop = header(kind::TUPLE, 2, 0);
                            *htop.add(1) = src!(*operand as usize).0;
                            *htop.add(2) = src!(*operand.add(1) as usize).0;
                            reg!(a!()) = Term::boxed_ptr(htop);
                            htop = htop.add(3);
                            next!();
                        }
                        Operation::PutTuple3 => {
                            let operand = pc.add(1).cast::<u16>();
                            *htop = header(kind::TUPLE, 3, 0);
                            *htop.add(1) = src!(*operand as usize).0;
                            *htop.add(2) = src!(*operand.add(1) as usize).0;
                            *htop.add(3) = src!(*operand.add(2) as usize).0;
                            reg!(a!()) = Term::boxed_ptr(htop);
                            htop = htop.add(4);
                            next!();
                        }
                        Operation::GetList => {
                            let p: *mut Term = reg!(a!()).ptr().cast();
                            let (head, tail) = (*p, *p.add(1));
                            reg!(b!()) = head;
                            reg!(c!()) = tail;
                            pc = pc.add(1);
                        }
                        Operation::GetListX => {
                            let p: *mut Term = x!(a!()).ptr().cast();
                            let (head, tail) = (*p, *p.add(1));
                            x!(b!()) = head;
                            x!(c!()) = tail;
                            pc = pc.add(1);
                        }
                        Operation::GetHd => {
                            let p: *mut Term = src!(a!()).ptr().cast();
                            reg!(b!()) = *p;
                            next!();
                        }
                        Operation::GetTl => {
                            let p: *mut Term = src!(a!()).ptr().cast();
                            reg!(b!()) = *p.add(1);
                            next!();
                        }
                        Operation::GetTupleElement => {
                            let p: *mut Term = reg!(a!()).ptr().cast();
                            reg!(c!()) = *p.add(1 + b!());
                            pc = pc.add(1);
                        }
                        Operation::GetTupleElementX => {
                            let p: *mut Term = x!(a!()).ptr().cast();
                            x!(c!()) = *p.add(1 + b!());
                            pc = pc.add(1);
                        }
                        // Two elements of one tuple in X; the second element and destination are in word 1.
                        Operation::GetTupleElement2 => {
                            let p: *mut Term = x!(a!()).ptr().cast();
                            let second = *pc.cast::<u16>().add(6) as usize;
                            let (first, second) = (*p.add(1 + b!()), *p.add(1 + second));
                            reg!(c!()) = first;
                            reg!(*pc.cast::<u16>().add(7) as usize) = second;
                            pc = pc.add(2);
                        }

                        // a: destination, b: number of captured values; word 1: fun; then packed operands. The heap was tested before.
                        Operation::MakeFun => {
                            let count = b!();
                            *htop = header(kind::FUN, 1 + count, 0);
                            *htop.add(1) = *pc.add(1);
                            let (mut operand, mut to) = (pc.add(3).cast::<u16>(), htop.add(1));
                            for _ in 0..count {
                                to = to.add(1);
                                *to = src!(*operand as usize).0;
                                operand = operand.add(1);
                            }
                            reg!(a!()) = Term::boxed_ptr(htop);
                            htop = to.add(1);
                            pc = pc.add(*pc.add(2) as usize);
                        }

                        // a: source, b: destination. A context that is there already is used on.
                        Operation::BsStartMatch => {
                            let t = src!(a!());
                            if !t.is_boxed() {
                                slow!()
                            }
                            let (storage, from, size) = match header_kind(*t.ptr()) {
                                kind::MATCH => {
                                    reg!(b!()) = t;
                                    next!();
                                    continue 'run;
                                }
                                kind::SUBBITS => (*t.ptr().add(3), *t.ptr().add(2), *t.ptr().add(1)),
                                kind::HEAPBITS => (t.0, 0, *t.ptr().add(1) << 3),
                                _ => slow!(),
                            };
                            need!(5);
                            *htop = MATCH_HEADER;
                            *htop.add(context::STORAGE) = storage;
                            *htop.add(context::POSITION) = from;
                            *htop.add(context::END) = from + size;
                            *htop.add(context::START) = from;
                            reg!(b!()) = Term::boxed_ptr(htop);
                            htop = htop.add(5);
                            next!();
                        }
                        // The next byte, where there is one and the rest is a multiple of the unit. a: context, b: destination, c: one
                        // less than the unit; word 1: failure.
                        Operation::BsMatchByte => {
                            let context = context!();
                            let (at, end) = (*context.add(context::POSITION), *context.add(context::END));
                            let left = end - at;
                            if left < 8 << 3 || left >> 3 & c!() as u64 != 0 {
                                jump1!();
                            } else {
                                if at & 7 << 3 != 0 {
                                    slow!()
                                }
                                let byte = *bytes_of!(context).add((at >> 6) as usize);
                                *context.add(context::POSITION) = at + (8 << 3);
                                reg!(b!()) = Term::small(i64::from(byte));
                                pc = pc.add(2);
                            }
                        }
                        // a: context; b: one less than the unit; word 1: failure (low), bits (high). Whether so many are left, and a
                        // multiple of the unit behind them.
                        Operation::BsEnsure => {
                            let context = context!();
                            let left = (*context.add(context::END) - *context.add(context::POSITION)) >> 3;
                            let bits = u64::from(*pc.cast::<u32>().add(3));
                            if left < bits || (left - bits) & b!() as u64 != 0 { jump1!() } else { pc = pc.add(2) }
                        }
                        Operation::BsEnsureExactly => {
                            let context = context!();
                            let left = (*context.add(context::END) - *context.add(context::POSITION)) >> 3;
                            if left != u64::from(*pc.cast::<u32>().add(3)) { jump1!() } else { pc = pc.add(2) }
                        }
                        // a: context, b: destination, c: number of bits, all of which are there; word 1: how far in front of them (low) and
                        // how far to move on (high), in bits.
                        Operation::BsTakeInteger => {
                            let context = context!();
                            let position = *context.add(context::POSITION);
                            let at = (position >> 3) + u64::from(*pc.cast::<u32>().add(2));
                            if at & 7 != 0 {
                                slow!()
                            }
                            let from = bytes_of!(context).add((at >> 3) as usize);
                            let value = match c!() {
                                8 => i64::from(*from),
                                16 => i64::from(u16::from_be(from.cast::<u16>().read_unaligned())),
                                32 => i64::from(u32::from_be(from.cast::<u32>().read_unaligned())),
                                24 => {
                                    i64::from(u16::from_be(from.cast::<u16>().read_unaligned())) << 8
                                        | i64::from(*from.add(2))
                                }
                                _ => slow!(),
                            };
                            *context.add(context::POSITION) = position + (u64::from(*pc.cast::<u32>().add(3)) << 3);
                            reg!(b!()) = Term::small(value);
                            pc = pc.add(2);
                        }
                        // a: context; b, c: bits to move on.
                        Operation::BsAdvance => {
                            *context!().add(context::POSITION) += (bc!() as u64) << 3;
                            pc = pc.add(1);
                        }
                        // a: context, b: destination; word 1: failure. Characters of one byte; the others are left.
                        Operation::BsGetUtf8 => {
                            let context = context!();
                            let (at, end) = (*context.add(context::POSITION), *context.add(context::END));
                            if end - at < 8 << 3 || at & 7 << 3 != 0 {
                                slow!()
                            }
                            let byte = *bytes_of!(context).add((at >> 6) as usize);
                            if byte >= 0x80 {
                                slow!()
                            }
                            *context.add(context::POSITION) = at + (8 << 3);
                            reg!(b!()) = Term::small(i64::from(byte));
                            next!();
                        }
                        // b: destination, c: bits of the integers; words 1 and 2 and the segments as of `BsCreateBin`, the first of
                        // which is appended to in place.
                        Operation::BsAppendIntegers => {
                            let prefix = src!(*pc.add(4).cast::<u16>() as usize);
                            if prefix.header() != header(kind::SUBBITS, 3, 0) {
                                slow!()
                            }
                            let parts = prefix.ptr();
                            let (size, offset, storage) = (*parts.add(1), *parts.add(2), Term(*parts.add(3)));
                            if header_kind(*storage.ptr()) != kind::BINREF {
                                slow!()
                            }
                            let bin = *storage.ptr().add(1) as usize as *mut OffBin;
                            let (at, bits) = (((offset + size) >> 3) as usize, c!());
                            let end = at + bits;
                            if (*bin).used_bits != at || at & 7 != 0 || size & 0x38 != 0 || end / 8 > (*bin).ready() {
                                slow!()
                            }
                            need!(4);
                            integers!(1, *pc.cast::<u32>().add(4) as usize, (*bin).start().cast_mut().add(at / 8));
                            (*bin).used_bits = end;
                            *htop = header(kind::SUBBITS, 3, 0);
                            *htop.add(1) = size + ((bits as u64) << 3);
                            *htop.add(2) = offset;
                            *htop.add(3) = storage.0;
                            reg!(b!()) = Term::boxed_ptr(htop);
                            htop = htop.add(4);
                            pc = pc.add(*pc.cast::<u32>().add(3) as usize);
                        }
                        // As `BsAppendIntegers`, for integers that make a heap binary.
                        Operation::BsIntegers => {
                            let bits = c!();
                            let words = bits.div_ceil(64);
                            need!(2 + words);
                            *htop.add(1 + words) = 0;
                            integers!(0, *pc.cast::<u32>().add(4) as usize, htop.add(2).cast::<u8>());
                            *htop = header(kind::HEAPBITS, 1 + words, 0);
                            *htop.add(1) = bits as u64;
                            reg!(b!()) = Term::boxed_ptr(htop);
                            htop = htop.add(2 + words);
                            pc = pc.add(*pc.cast::<u32>().add(3) as usize);
                        }
                        // a: context, b: destination.
                        Operation::BsGetPosition => {
                            let context = context!();
                            reg!(b!()) = Term(*context.add(context::POSITION) - *context.add(context::START));
                            next!();
                        }
                        // a: context, b: position.
                        Operation::BsSetPosition => {
                            let context = context!();
                            let position = src!(b!());
                            let at = position.0.wrapping_add(*context.add(context::START));
                            if !position.is_small() || at > *context.add(context::END) {
                                slow!()
                            }
                            *context.add(context::POSITION) = at;
                            next!();
                        }
                        _ => slow!(),
                    }
                }
            } else {
                if number < FIRST_COMPUTING {
                    match operation {
                        Operation::IsInteger => test1!(t, t.is_small() || t.is_big()),
                        Operation::IsFloat => test1!(t, t.is_kind(kind::FLOAT)),
                        Operation::IsNumber => test1!(t, t.is_small() || t.is_kind(kind::FLOAT) || t.is_big()),
                        Operation::IsAtom => test1!(t, t.is_atom()),
                        Operation::IsPid => test1!(t, t.is_pid()),
                        Operation::IsReference => test1!(t, t.is_ref()),
                        Operation::IsPort => test1!(t, t.is_kind(kind::PORT)),
                        Operation::IsNil => test1!(t, t.is_nil()),
                        Operation::IsNilX => {
                            if x!(a!()).is_nil() {
                                pc = pc.add(1)
                            } else {
                                jump!()
                            }
                        }
                        // The size in bits stands in word 1 of either kind: as it is, or as a small integer.
                        Operation::IsBinary => test1!(
                            t,
                            t.is_boxed()
                                && match header_kind(*t.ptr()) {
                                    kind::HEAPBITS => *t.ptr().add(1) & 7 == 0,
                                    kind::SUBBITS => *t.ptr().add(1) & 0x3f == 0,
                                    _ => false,
                                }
                        ),
                        // The compiler also asks it of a match context, which it takes for what is left to match.
                        Operation::IsBitstr => test1!(t, t.is_bits() || t.is_kind(kind::MATCH)),
                        Operation::IsList => test1!(t, t.is_list()),
                        Operation::IsNonemptyList => test1!(t, t.is_cons()),
                        Operation::IsNonemptyListX => {
                            if x!(a!()).is_cons() {
                                pc = pc.add(1)
                            } else {
                                jump!()
                            }
                        }
                        // As `IsNonemptyListX`, with the two destinations of a `GetList` in word 1.
                        Operation::IsNonemptyListGetList => {
                            let t = x!(a!());
                            if t.is_cons() {
                                let p: *mut Term = t.ptr().cast();
                                let (head, tail) = (*p, *p.add(1));
                                reg!(*pc.cast::<u16>().add(6) as usize) = head;
                                reg!(*pc.cast::<u16>().add(7) as usize) = tail;
                                pc = pc.add(2);
                            } else {
                                jump!()
                            }
                        }
                        Operation::IsTuple => test1!(t, t.is_kind(kind::TUPLE)),
                        Operation::IsMap => test1!(t, t.is_map()),
                        Operation::IsBoolean => test1!(t, t == atoms::TRUE || t == atoms::FALSE),
                        Operation::IsFunction => test1!(t, t.is_fun()),
                        // Word 1: the header of a tuple of that size. The source is known to be a tuple.
                        Operation::TestArity => {
                            test1!(t, t.header() == *pc.add(1))
                        }
                        // Word 1: the header of a tuple of that size; word 2: its first element.
                        Operation::IsTaggedTuple => {
                            test1!(t, t.is_boxed() && *t.ptr() == *pc.add(1) && *t.ptr().add(1) == *pc.add(2))
                        }
                        Operation::IsLt => ordered!(l, r, (l.0 as i64) < r.0 as i64),
                        Operation::IsGe => ordered!(l, r, l.0 as i64 >= r.0 as i64),
                        Operation::IsEq => equal!(same, same, false),
                        Operation::IsNe => equal!(same, !same, false),
                        Operation::IsEqExact => equal!(same, same, true),
                        Operation::IsNeExact => equal!(same, !same, true),
                        Operation::IsEqExactImm => {
                            if reg!(a!()).0 == *pc.add(1) {
                                pc = pc.add(2)
                            } else {
                                jump!()
                            }
                        }
                        Operation::IsNeExactImm => {
                            if reg!(a!()).0 != *pc.add(1) {
                                pc = pc.add(2)
                            } else {
                                jump!()
                            }
                        }
                        Operation::IsLtImm => ordered_immediate!(l, r, (l.0 as i64) < r.0 as i64),
                        Operation::IsGeImm => ordered_immediate!(l, r, l.0 as i64 >= r.0 as i64),
                        Operation::IsGtImm => ordered_immediate!(l, r, l.0 as i64 > r.0 as i64),
                        Operation::IsLeImm => ordered_immediate!(l, r, l.0 as i64 <= r.0 as i64),
                        // Word 1: lowest, word 2: highest value. Anything else is decided by the two tests that it stands for.
                        Operation::IsBetween => {
                            let t = reg!(a!());
                            if !t.is_small() {
                                slow!()
                            }
                            let (low, high) = (*pc.add(1), *pc.add(2));
                            if t.0.wrapping_sub(low) <= high.wrapping_sub(low) { pc = pc.add(3) } else { jump!() }
                        }
                        // a: source; b, c: number of pairs; word 1: default; then values and, behind them, distances.
                        Operation::SelectLinear => {
                            let t = reg!(a!()).0;
                            let count = bc!();
                            let mut to = *pc.add(1);
                            let mut value = pc.add(2);
                            let end = value.add(count);
                            while value < end {
                                if *value == t {
                                    to = *value.add(count);
                                    break;
                                }
                                value = value.add(1);
                            }
                            pc = pc.byte_offset(to as isize);
                        }
                        // As `SelectLinear` with sorted values.
                        Operation::SelectBinary => {
                            let t = reg!(a!()).0;
                            let count = bc!();
                            let (mut low, mut left) = (pc.add(2), count);
                            while left > 1 {
                                let half = left / 2;
                                if *low.add(half) <= t {
                                    low = low.add(half);
                                }
                                left -= half;
                            }
                            let to = if *low == t { *low.add(count) } else { *pc.add(1) };
                            pc = pc.byte_offset(to as isize);
                        }
                        // Word 2: lowest value; then distances for it and the values above, all of one tag.
                        Operation::SelectDense => {
                            let slot = reg!(a!()).0.wrapping_sub(*pc.add(2));
                            let i = slot.rotate_right(3);
                            let to = if i < bc!() as u64 { *pc.add(3 + i as usize) } else { *pc.add(1) };
                            pc = pc.byte_offset(to as isize);
                        }
                        // As `SelectLinear` with tuple headers for values.
                        Operation::SelectArity => {
                            let t = reg!(a!()).header();
                            let count = bc!();
                            let mut to = *pc.add(1);
                            let mut value = pc.add(2);
                            let end = value.add(count);
                            while value < end {
                                if *value == t {
                                    to = *value.add(count);
                                    break;
                                }
                                value = value.add(1);
                            }
                            pc = pc.byte_offset(to as isize);
                        }
                        _ => slow!(),
                    }
                } else {
                    match operation {
                        Operation::Add => arithmetic!(l, r, (l.0 as i64).checked_add(r.0 as i64).map(|v| v as u64)),
                        Operation::Sub => arithmetic!(l, r, (l.0 as i64).checked_sub(r.0 as i64).map(|v| v as u64)),
                        // Word 2: the small to add, as a term.
                        Operation::AddSmall => {
                            let l = reg!(a!());
                            let r = *pc.add(2) as i64;
                            let sum = (l.0 as i64).wrapping_add(r);
                            if !l.is_small() || ((sum ^ l.0 as i64) & (sum ^ r)) < 0 {
                                slow!()
                            }
                            reg!(c!()) = Term(sum as u64);
                            pc = pc.add(3);
                        }
                        Operation::Mul => arithmetic!(l, r, arithmetic::mul_small(l, r)),
                        Operation::IntDiv => arithmetic!(l, r, arithmetic::div_small(l, r)),
                        Operation::IntRem => {
                            arithmetic!(l, r, if r.0 == 0 { None } else { Some(arithmetic::rem_small(l, r)) })
                        }
                        Operation::Band => arithmetic!(l, r, Some(l.0 & r.0)),
                        Operation::Bor => arithmetic!(l, r, Some(l.0 | r.0)),
                        Operation::Bxor => arithmetic!(l, r, Some(l.0 ^ r.0)),
                        Operation::Bsl => arithmetic!(l, r, arithmetic::bsl_small(l, r)),
                        Operation::Bsr => arithmetic!(l, r, arithmetic::bsr_small(l, r)),

                        // The common guard functions: a: source, c: destination. What fails is left to others.
                        Operation::Hd => {
                            let t = src!(a!());
                            if !t.is_cons() {
                                slow!()
                            }
                            reg!(c!()) = Term(*t.ptr());
                            next!();
                        }
                        Operation::Tl => {
                            let t = src!(a!());
                            if !t.is_cons() {
                                slow!()
                            }
                            reg!(c!()) = Term(*t.ptr().add(1));
                            next!();
                        }
                        Operation::TupleSize => {
                            let t = src!(a!());
                            if !t.is_kind(kind::TUPLE) {
                                slow!()
                            }
                            reg!(c!()) = Term::small(header_size(*t.ptr()) as i64);
                            next!();
                        }
                        // a: index, b: tuple, c: destination.
                        Operation::Element => {
                            let (i, t) = (src!(a!()), src!(b!()));
                            let at = (i.0 as i64 >> 3).wrapping_sub(1) as u64;
                            if !i.is_small() || !t.is_kind(kind::TUPLE) || at >= header_size(*t.ptr()) as u64 {
                                slow!()
                            }
                            reg!(c!()) = Term(*t.ptr().add(1 + at as usize));
                            next!();
                        }
                        // a: map, b: destination; word 1: failure; word 2: key, an immediate.
                        Operation::GetMapElement => {
                            let (map, key) = (reg!(a!()), *pc.add(2));
                            if map.is_boxed() && header_kind(*map.ptr()) != kind::FLATMAP {
                                slow!()
                            }
                            if !map.is_boxed() {
                                jump1!();
                            } else {
                                let keys = Term(*map.ptr().add(1)).ptr();
                                let last = keys.add(header_size(*map.ptr()) - 1);
                                let mut at = keys;
                                while at < last && *at.add(1) != key {
                                    at = at.add(1);
                                }
                                if at < last {
                                    reg!(b!()) = Term(*map.ptr().add(2).byte_add(at as usize - keys as usize));
                                    pc = pc.add(3);
                                } else {
                                    jump1!();
                                }
                            }
                        }
                        Operation::Length => {
                            let mut list = src!(a!());
                            let mut length = 0i64;
                            while list.is_cons() {
                                list = Term(*list.ptr().add(1));
                                length += 1;
                            }
                            if !list.is_nil() {
                                slow!()
                            }
                            reds -= length >> 4;
                            reg!(c!()) = Term::small(length);
                            next!();
                        }
                        Operation::Self_ => {
                            reg!(a!()) = vm.pid;
                            pc = pc.add(1);
                        }

                        // a: source, b: float register.
                        Operation::Fmove => {
                            *f.byte_add(b!()) = f64::from_bits(*src!(a!()).ptr().add(1));
                            next!();
                        }
                        Operation::FmoveOut => {
                            *htop = header(kind::FLOAT, 1, 0);
                            *htop.add(1) = (*f.byte_add(a!())).to_bits();
                            reg!(b!()) = Term::boxed_ptr(htop);
                            htop = htop.add(2);
                            pc = pc.add(1);
                        }
                        Operation::Fconv => {
                            let t = src!(a!());
                            let value = if t.is_small() {
                                t.as_small() as f64
                            } else if t.is_kind(kind::FLOAT) {
                                f64::from_bits(*t.ptr().add(1))
                            } else {
                                slow!()
                            };
                            *f.byte_add(b!()) = value;
                            next!();
                        }
                        Operation::Fadd => float_operation!(l, r, l + r),
                        Operation::Fsub => float_operation!(l, r, l - r),
                        Operation::Fmul => float_operation!(l, r, l * r),
                        Operation::Fdiv => float_operation!(l, r, l / r),
                        Operation::Fnegate => {
                            *f.byte_add(c!()) = -*f.byte_add(a!());
                            pc = pc.add(1);
                        }
                        _ => slow!(),
                    }
                }
            }
        }
    };
    vm.pc = pc;
    vm.heap.top = htop;
    vm.heap.stack = e.cast();
    vm.reductions_left = reds;
    left
}
