//! The machine's own instructions: what the loader turns generic BEAM instructions into.
//!
//! An instruction is a run of 64-bit words. The first word holds the operation (byte 0), the length in words (byte 1; 0 where
//! the operation knows better) and three 16-bit fields `a`, `b`, `c`; for many operations `b` and `c` together are a signed
//! 32-bit jump distance in bytes, counted from the first word of the instruction.
//!
//! A 16-bit operand is eight times an index, so that it is an offset in bytes as it stands, and a kind in the lowest bits:
//! an X register, a Y register (counted from the top of the stack), or a constant term in the word `index` of the instruction
//! itself. Destinations are X or Y. Where an operation only takes X or only Y registers, its fields are bare offsets.

use crate::term::Term;

#[cfg(not(target_endian = "little"))]
compile_error!("instructions are read as on a little-endian machine");

/// Kind of an operand: X register.
pub const OPERAND_X: u16 = 0;
/// Kind of an operand: Y register.
pub const OPERAND_Y: u16 = 1;
/// Kind of an operand: constant in the instruction.
pub const OPERAND_CONST: u16 = 2;
/// Bits of an operand that hold its kind.
const OPERAND_KIND: u16 = 7;
/// Largest index of an operand.
pub const MAX_OPERAND: usize = (u16::MAX >> 3) as usize;

/// The operand of a kind with an index of at most [`MAX_OPERAND`].
pub const fn operand(kind: u16, index: u16) -> u16 {
    index << 3 | kind
}
/// Kind and index of an operand.
pub const fn split(operand: u16) -> (u16, usize) {
    (operand & OPERAND_KIND, (operand >> 3) as usize)
}

macro_rules! operations {
    ($($class:ident $start:ident = $number:literal: $first:ident, $($name:ident),*;)*) => {
        /// An operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u8)]
        #[allow(missing_docs, reason = "named as the generic instructions that they come from; variants carry a suffix")]
        pub enum Operation { $($first = $number, $($name),*),* }
        $(
            #[doc = concat!("Number of the first operation of class ", stringify!($class), ".")]
            pub const $start: u8 = $number;
        )*
    };
}

operations! {
    // Calls and control
    control FIRST_CONTROL = 0:
    FuncInfo, Trap, NormalExit, Undefined, NativeStub, Jump, Call, CallOnly, CallLast, CallExt, CallExtOnly, CallExtLast, CallNative,
    Return, DeallocateReturn, MoveDeallocateReturn, MoveCall, MoveCallOnly, MoveCallLast, Move2Call, Move2CallOnly, Move2CallLast,
    Allocate, AllocateMove, TestHeap, Deallocate, InitY, InitY2, InitY3,
    CallFun, CallFunLast, CallFun2, CallFun2Last, Apply, ApplyLast, Try, Catch, TryEnd,
    LoopRec, LoopRecEnd, Wait, WaitTimeout, Timeout, RemoveMessage, Send, TraceExport, TraceReturn;
    // Data
    data FIRST_DATA = 56:
    MoveXX, MoveXY, MoveYX, MoveYY, MoveCX, MoveCY, MoveXXReturn, MoveCXReturn, Move2, Move3, Swap, PutList, PutListX, PutTuple, PutTuple2, PutTuple3, GetList, GetListX, GetHd, GetTl, GetTupleElement, GetTupleElementX, GetTupleElement2,
    MakeFun, BsStartMatch, BsMatchByte, BsEnsure, BsEnsureExactly, BsTakeInteger, BsAdvance, BsGetPosition, BsSetPosition, BsGetUtf8, BsAppendIntegers, BsIntegers;
    // Tests
    test FIRST_TEST = 100:
    IsInteger, IsFloat, IsNumber, IsAtom, IsPid, IsReference, IsPort, IsNil, IsBinary, IsBitstr, IsList, IsNonemptyList,
    IsNonemptyListGetList, IsTuple, IsMap, IsBoolean, IsFunction, TestArity, IsTaggedTuple,
    IsLt, IsGe, IsEq, IsNe, IsEqExact, IsNeExact, IsEqExactImm, IsNeExactImm, IsLtImm, IsGeImm, IsGtImm, IsLeImm, IsBetween, IsNilX, IsNonemptyListX,
    SelectLinear, SelectBinary, SelectDense, SelectArity;
    // Arithmetic, natives called as instructions, floats
    computing FIRST_COMPUTING = 148:
    Add, Sub, AddSmall, Mul, IntDiv, IntRem, Band, Bor, Bxor, Bsl, Bsr,
    Bif0, Bif1, Bif2, Bif3, Hd, Tl, Element, TupleSize, Length, Self_, MapGet, GetMapElement,
    Fmove, FmoveOut, Fconv, Fadd, Fsub, Fmul, Fdiv, Fnegate;
    // Everything from here on is performed by a function of `interp::slow`.
    slow FIRST_SLOW = 192:
    RecvMarkerReserve, RecvMarkerBind, RecvMarkerUse, RecvMarkerClear,
    CatchEnd, TryCase, TryCaseEnd, Raise, RawRaise, BuildStacktrace, Badmatch, CaseEnd, IfEnd, Badrecord,
    SetTupleElement, UpdateRecord, PutMapAssoc, PutMapExact, HasMapFields, GetMapElements, IsFunction2,
    BsGetInteger, BsGetFloat, BsGetBinary, BsSkipBits, BsTestTail, BsTestUnit, BsMatchString, BsGetUtf, BsSkipUtf,
    BsGetTail, BsMatch, BsCreateBin, BsInit, BsAdd, BsAppend, BsInitWritable, BsPutInteger, BsPutFloat,
    BsPutBinary, BsPutString, BsPutUtf, BsUtfSize, Probe;
}

/// First word of an instruction.
pub const fn head(operation: Operation, length: usize, a: u16, b: u16, c: u16) -> u64 {
    let length = if length < 256 { length as u64 } else { 0 };
    operation as u64 | length << 8 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48
}

/// In place of an arity: the arguments of `erlang:apply/3` are in the registers.
pub const APPLY_LIST: usize = u16::MAX as usize;

/// The native that a stub of an export calls; nothing for the address of other code.
pub(crate) fn native_of_stub(address: *const u64) -> Option<u32> {
    let code = Code(address);
    (code.word(0) as u8 == Operation::NativeStub as u8).then(|| code.bc())
}

/// Reads the fields of the instruction at an address.
#[derive(Clone, Copy)]
pub struct Code(pub *const u64);

impl Code {
    /// A word of the instruction.
    pub fn word(self, i: usize) -> u64 {
        // SAFETY: the loader wrote the instruction completely; operations read only the words they own.
        unsafe { *self.0.add(i) }
    }
    /// Field `a`.
    pub fn a(self) -> u16 {
        (self.word(0) >> 16) as u16
    }
    /// Field `b`.
    pub fn b(self) -> u16 {
        (self.word(0) >> 32) as u16
    }
    /// Field `c`.
    pub fn c(self) -> u16 {
        (self.word(0) >> 48) as u16
    }
    /// Fields `b` and `c` as an unsigned number.
    pub fn bc(self) -> u32 {
        (self.word(0) >> 32) as u32
    }
    /// Lower half of a word.
    pub fn low(self, i: usize) -> u32 {
        self.word(i) as u32
    }
    /// Upper half of a word.
    pub fn high(self, i: usize) -> u32 {
        (self.word(i) >> 32) as u32
    }
    /// A quarter of the words behind word `from`: packed lists of operands.
    pub fn operand(self, from: usize, i: usize) -> u16 {
        (self.word(from + i / 4) >> (16 * (i % 4))) as u16
    }
    /// A term in a word.
    pub fn term(self, i: usize) -> Term {
        Term(self.word(i))
    }
    /// The operation.
    pub fn operation(self) -> Operation {
        // SAFETY: the first byte of an instruction is an operation, as `head` wrote it.
        unsafe { std::mem::transmute::<u8, Operation>(self.word(0) as u8) }
    }
    /// The address a number of words behind.
    pub fn behind(self, words: u32) -> *const u64 {
        // SAFETY: the length of the instruction, as the loader wrote it.
        unsafe { self.0.add(words as usize) }
    }
    /// The address a distance in bytes away.
    pub fn jump(self, distance: i32) -> *const u64 {
        // SAFETY: the loader resolved the distance to a label of the same module.
        unsafe { self.0.byte_offset(distance as isize) }
    }
    /// Where the distance in fields `b` and `c` leads to.
    pub fn near(self) -> *const u64 {
        self.jump(self.bc() as i32)
    }
    /// The instruction behind this one.
    pub fn next(self) -> *const u64 {
        self.behind(u32::from((self.word(0) >> 8) as u8))
    }
}
