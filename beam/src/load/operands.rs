//! Words of one instruction under construction, and labels that are resolved at the end.

use crate::instr::{MAX_OPERAND, OPERAND_CONST, OPERAND_X, OPERAND_Y, Operation, head, operand};
use crate::load::Tables;
use crate::loader::{AllocKind, Arg, LoadError};
use crate::term::{SMALL_MAX, SMALL_MIN, Term};

/// Where in a word a distance goes.
#[derive(Clone, Copy)]
pub(super) enum Half {
    Low,
    High,
    Whole,
}

struct Fixup {
    word: usize,
    half: Half,
    from: usize,
    label: u32,
}

/// Instruction words, label by label.
pub(super) struct Words {
    pub(super) words: Vec<u64>,
    /// First word of the current instruction.
    pub(super) start: usize,
    labels: Vec<u32>,
    fixups: Vec<Fixup>,
}

impl Words {
    pub(super) fn new(label_count: u32) -> Words {
        Words { words: Vec::new(), start: 0, labels: vec![u32::MAX; label_count as usize + 1], fixups: Vec::new() }
    }
    pub(super) fn define(&mut self, label: u32) {
        if let Some(slot) = self.labels.get_mut(label as usize) {
            *slot = self.words.len() as u32;
        }
    }
    pub(super) fn position(&self, label: u32) -> Option<u32> {
        self.labels.get(label as usize).copied().filter(|word| *word != u32::MAX)
    }
    /// Begins an instruction of a number of words before its constants.
    pub(super) fn begin(&mut self, operation: Operation, words: usize) {
        self.start = self.words.len();
        self.words.resize(self.start + words, 0);
        self.words[self.start] = head(operation, 0, 0, 0, 0);
    }
    /// Adds words to the current instruction, whose length is set again afterwards.
    pub(super) fn extend(&mut self, words: usize) {
        self.words.resize(self.words.len() + words, 0);
        self.words[self.start] &= !0xff00;
    }
    pub(super) fn a(&mut self, value: u16) {
        self.words[self.start] |= u64::from(value) << 16;
    }
    pub(super) fn b(&mut self, value: u16) {
        self.words[self.start] |= u64::from(value) << 32;
    }
    pub(super) fn c(&mut self, value: u16) {
        self.words[self.start] |= u64::from(value) << 48;
    }
    pub(super) fn bc(&mut self, value: u32) {
        self.words[self.start] |= u64::from(value) << 32;
    }
    /// Sets a quarter of the words from `from` on.
    pub(super) fn packed(&mut self, from: usize, i: usize, value: u16) {
        self.words[self.start + from + i / 4] |= u64::from(value) << (16 * (i % 4));
    }
    pub(super) fn or(&mut self, word: usize, value: u64) {
        self.words[self.start + word] |= value;
    }
    /// Writes the distance to a label in bytes; label 0 means none and leaves 0.
    pub(super) fn label(&mut self, word: usize, half: Half, label: u32) {
        if label != 0 {
            self.fixups.push(Fixup { word: self.start + word, half, from: self.start, label });
        }
    }
    /// Number of words so far in the current instruction.
    pub(super) fn length(&self) -> usize {
        self.words.len() - self.start
    }
    /// Ends the instruction: its length goes into its first word.
    pub(super) fn finish(&mut self) {
        let length = self.length();
        if length < 256 {
            self.words[self.start] |= (length as u64) << 8;
        }
    }
    /// A source operand; a constant is put behind the instruction.
    pub(super) fn source(&mut self, tables: &Tables, arg: &Arg) -> Result<u16, LoadError> {
        match arg {
            Arg::X(n) => Ok(operand(OPERAND_X, *n as u16)),
            Arg::Y(n) => index(*n as usize).map(|n| operand(OPERAND_Y, n)),
            _ => {
                let value = constant(tables, arg)?;
                let at = index(self.length())?;
                self.words.push(value.0);
                Ok(operand(OPERAND_CONST, at))
            }
        }
    }
    /// Resolves all labels.
    pub(super) fn link(mut self) -> Result<Box<[u64]>, LoadError> {
        for fixup in &self.fixups {
            let Some(to) = self.labels.get(fixup.label as usize).filter(|to| **to != u32::MAX) else {
                return Err(invalid("an instruction refers to a label that is not there"));
            };
            let distance = 8 * (i64::from(*to) - fixup.from as i64);
            let distance32 = u64::from(distance as i32 as u32);
            self.words[fixup.word] |= match fixup.half {
                Half::Low => distance32,
                Half::High => distance32 << 32,
                Half::Whole => distance as u64,
            };
        }
        Ok(self.words.into())
    }
}

/// An error of the `Code` chunk.
pub(super) fn invalid(reason: &'static str) -> LoadError {
    LoadError::Chunk { chunk: "Code", reason }
}

fn index(n: usize) -> Result<u16, LoadError> {
    if n <= MAX_OPERAND { Ok(n as u16) } else { Err(invalid("an instruction has too many operands")) }
}

/// The term of a constant operand.
pub(super) fn constant(tables: &Tables, arg: &Arg) -> Result<Term, LoadError> {
    let found = match arg {
        Arg::Nil => Some(Term::NIL),
        Arg::Atom(n) => tables.atoms.get(*n as usize).copied(),
        Arg::Literal(n) => tables.literals.get(*n as usize).copied(),
        Arg::Char(n) => Some(Term::small(i64::from(*n))),
        Arg::Unsigned(n) => i64::try_from(*n).ok().filter(|n| *n <= SMALL_MAX).map(Term::small),
        Arg::Int(n) if (SMALL_MIN..=SMALL_MAX).contains(n) => Some(Term::small(*n)),
        Arg::Int(n) => tables.integers.get(&num_bigint::BigInt::from(*n)).copied(),
        Arg::Big(n) => tables.integers.get(&**n).copied(),
        _ => None,
    };
    found.ok_or_else(|| invalid("an operand is no constant"))
}

/// A destination operand.
pub(super) fn target(arg: &Arg) -> Result<u16, LoadError> {
    match arg {
        Arg::X(n) => Ok(operand(OPERAND_X, *n as u16)),
        Arg::Y(n) => index(*n as usize).map(|n| operand(OPERAND_Y, n)),
        _ => Err(invalid("an operand is no register")),
    }
}

/// A number operand.
pub(super) fn number(arg: &Arg) -> Result<usize, LoadError> {
    match arg {
        // What an address cannot count is as much as there can be.
        Arg::Unsigned(n) => Ok(usize::try_from(*n).unwrap_or(usize::MAX)),
        Arg::Int(n) if *n >= 0 => Ok(usize::try_from(*n).unwrap_or(usize::MAX)),
        Arg::Nil => Ok(0),
        _ => Err(invalid("an operand is no number")),
    }
}

/// A label operand; 0 where there is none.
pub(super) fn label(arg: &Arg) -> u32 {
    if let Arg::Label(n) = arg { *n } else { 0 }
}

/// A list operand.
pub(super) fn list(arg: &Arg) -> &[Arg] {
    if let Arg::List(items) = arg { items } else { &[] }
}

/// Words that a heap need asks for: floats and funs have a size of their own here.
pub(super) fn heap_need(arg: &Arg) -> usize {
    match arg {
        Arg::Alloc(parts) => parts
            .iter()
            .map(|(kind, n)| (*n as usize).saturating_mul(if *kind == AllocKind::Words { 1 } else { 2 }))
            .fold(0, usize::saturating_add),
        _ => number(arg).unwrap_or(0),
    }
}
