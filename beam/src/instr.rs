//! The machine's own instructions: what the loader turns generic BEAM instructions into.
//!
//! An instruction is a run of 64-bit words. The first word holds the operation (bits 0 to 9), the length in words (bits
//! 10 to 15; 0 where the operation knows better) and three 16-bit fields `a`, `b`, `c`; for many operations `b` and `c`
//! together are a signed 32-bit jump distance in words, counted from the first word of the instruction.
//!
//! A 16-bit source operand is a kind (bits 14 and 15) and an index: an X register, a Y register (counted from the top of
//! the stack), or a constant term in the word `index` of the instruction itself. Destinations are X or Y.

use crate::term::Term;

/// Kind of an operand: X register.
pub const OPERAND_X: u16 = 0;
/// Kind of an operand: Y register.
pub const OPERAND_Y: u16 = 1;
/// Kind of an operand: constant in the instruction.
pub const OPERAND_CONST: u16 = 2;

macro_rules! operations {
    ($($name:ident),* $(,)?) => {
        /// An operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(u16)]
        #[allow(missing_docs, reason = "named as the generic instructions that they come from; variants carry a suffix")]
        pub enum Operation { $($name),* }
        /// All operations, in the order of their numbers.
        pub const OPERATIONS: &[Operation] = &[$(Operation::$name),*];
    };
}

operations! {
    // Calls and control
    FuncInfo, Trap, NormalExit, Undefined, NativeStub, Jump, Call, CallOnly, CallLast, CallExt, CallExtOnly, CallExtLast, CallNative,
    Return, DeallocateReturn, Allocate, TestHeap, Deallocate, Trim, InitY, InitY2, InitY3,
    // Data
    MoveXX, MoveXY, MoveYX, MoveYY, MoveCX, MoveCY, MoveXXReturn, MoveCXReturn, Move2, Move3, Swap, PutList, PutListX, PutTuple, GetList, GetListX, GetHd, GetTl, GetTupleElement, GetTupleElementX, GetTupleElement2,
    // Tests
    IsInteger, IsFloat, IsNumber, IsAtom, IsPid, IsReference, IsPort, IsNil, IsBinary, IsBitstr, IsList, IsNonemptyList,
    IsNonemptyListGetList, IsTuple, IsMap, IsBoolean, IsFunction, TestArity, IsTaggedTuple,
    IsLt, IsGe, IsEq, IsNe, IsEqExact, IsNeExact, IsEqExactImm, IsNeExactImm, IsLtImm, IsGeImm, IsNilX, IsNonemptyListX,
    SelectLinear, SelectBinary, SelectDense, SelectArity,
    // Arithmetic
    Add, Sub, AddSmall, Mul, IntDiv, IntRem, Band, Bor, Bxor, Bsl, Bsr,
    // Natives called as instructions
    Bif0, Bif1, Bif2, Bif3, Hd, Tl, Element, TupleSize, Length, Self_, MapGet,
    // Funs
    CallFun, CallFunLast, CallFun2, CallFun2Last, Apply, ApplyLast, MakeFun,
    // Exceptions
    Try, Catch, TryEnd,
    // The most frequent instructions of the bit syntax
    BsStartMatch, BsMatchByte,
    // Messages
    LoopRec, LoopRecEnd, Wait, WaitTimeout, Timeout, RemoveMessage, Send,
    // Floats
    Fmove, FmoveOut, Fconv, Fadd, Fsub, Fmul, Fdiv, Fnegate,
    // Everything from here on is performed by a function of `interp::slow`.
    CatchEnd, TryCase, TryCaseEnd, Raise, RawRaise, BuildStacktrace, Badmatch, CaseEnd, IfEnd, Badrecord,
    SetTupleElement, UpdateRecord, PutMapAssoc, PutMapExact, HasMapFields, GetMapElements, IsFunction2,
    BsGetInteger, BsGetFloat, BsGetBinary, BsSkipBits, BsTestTail, BsTestUnit, BsMatchString, BsGetUtf, BsSkipUtf,
    BsGetTail, BsGetPosition, BsSetPosition, BsMatch, BsCreateBin, BsInit, BsAdd, BsAppend, BsInitWritable, BsPutInteger, BsPutFloat,
    BsPutBinary, BsPutString, BsPutUtf, BsUtfSize,
}

/// First operation that is performed by a function of its own.
pub const FIRST_SLOW: u16 = Operation::CatchEnd as u16;

/// First word of an instruction.
pub const fn head(operation: Operation, length: usize, a: u16, b: u16, c: u16) -> u64 {
    let length = if length < 64 { length as u64 } else { 0 };
    operation as u64 | length << 10 | (a as u64) << 16 | (b as u64) << 32 | (c as u64) << 48
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
    /// The address a number of words away.
    pub fn offset(self, distance: i32) -> *const u64 {
        // SAFETY: the loader resolved the distance to a label of the same module.
        unsafe { self.0.offset(distance as isize) }
    }
    /// The instruction behind this one.
    pub fn next(self) -> *const u64 {
        self.offset((self.word(0) >> 10 & 63) as i32)
    }
}
