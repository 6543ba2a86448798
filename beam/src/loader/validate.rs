//! What holds for code that may run.
//!
//! [`validate()`] looks at every instruction of an untrusted file. Who turns the instructions into the machine's own form
//! relies on what it finds, without any further check:
//!
//! - Tables: indexes of atoms, imports, literals, funs, lines and string bytes exist; `atoms[1]` is the module. Exports,
//!   local functions and funs point at entries of functions of their arity; a fun captures no more than its arity.
//! - Operands: each is of the [`Kind`](super::genop::Kind) that its opcode asks for; numbers lie within the bounds of this
//!   module's constants; lists have the form that the opcode needs (pairs, segments, commands).
//! - Labels: each is defined once, and a jump stays within its function. Calls lead to entries of functions and pass as
//!   many arguments as the function takes.
//! - On every path, registers are set before they are read, the stack frame is the one that the instruction expects, catches
//!   are nested, and heap space was reserved before it is used.
//!
//! # What the machine has to see to itself
//! - The types of terms are not known here. An instruction that takes a term apart (`get_list`, `get_tuple_element`, `fmove`,
//!   `bs_get_*`, and so on) looks at the tag, and at the size. If it is not what the compiler promised, the process has to
//!   end: the stack may not be in order for an exception.
//! - Hints of the compiler are no facts: `inplace`, `private_append`, the fun that `call_fun2` names, live counts of
//!   `debug_line`.
//! - Calls of functions with [`Fact::NeverReturns`](imports::Fact) come with any stack frame or none; the size in a
//!   `call_ext_last` of them means nothing. They must not return.
//! - An exception sets X0, X1 and X2 before it goes on at its handler, and leaves the frame as it is.
//! - `wait_timeout` leaves some immediate in the X register that holds its time, because the code may come back to it.
//! - `setelement/3` of `erlang` makes a new tuple, on which `set_tuple_element` may follow.
//! - Which imports may stand in a `bif` instruction is not known here.
//! - [`Layout::traps`] and [`Layout::clears`] tell where instructions have to be added.

use super::file::{BeamFile, Instruction};
use super::genop::Op;
use super::{Arg, LoadError};

mod flow;
pub mod imports;
mod operands;
mod registers;
mod state;
mod step;
#[cfg(test)]
mod walk;

/// Number of X registers.
pub const X_REGISTERS: u32 = 1024;
/// Largest stack frame in Y registers.
pub const Y_REGISTERS: u32 = 1024;
/// Number of floating-point registers.
pub const FLOAT_REGISTERS: u32 = 1024;
/// Most arguments of a function.
pub const MAX_ARITY: u32 = 255;
/// Most heap words that an instruction reserves.
pub const MAX_HEAP_NEED: u64 = 1 << 24;

/// A function of the code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Atom index of its name.
    pub name: u32,
    /// Number of arguments.
    pub arity: u32,
    /// Index of its first instruction: the label that `function_clause` errors jump to.
    pub start: usize,
    /// Index of its `func_info`.
    pub info: usize,
    /// Label of its entry, the instruction after `func_info`.
    pub entry: u32,
    /// Index behind its last instruction.
    pub end: usize,
}

/// Where functions and labels of valid code are.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Functions in their order.
    pub functions: Vec<Function>,
    /// Index of the instruction that defines a label; [`Layout::NO_LABEL`] where there is none.
    pub labels: Vec<u32>,
    /// Index in `functions` of the function to call when the module is loaded.
    pub on_load: Option<usize>,
    /// Indexes of instructions in front of which one has to stand that ends the process, in their order. The compiler
    /// knows that a function it calls before does not return; but the function may be another one by then. At the index is
    /// a jump, the end of the function, or a label; jumps to the label lead behind the added instruction.
    pub traps: Vec<usize>,
    /// Index of an instruction, and a register that has to be set to some immediate before it: a Y register, where the
    /// instruction may raise an exception while it is not yet set; an X register, where the instruction would set it, but may
    /// fail. In their order.
    pub clears: Vec<(usize, Register)>,
}

/// A register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Register {
    /// Of the process.
    X(u32),
    /// Of the stack frame.
    Y(u32),
}

impl Layout {
    /// Entry in `labels` for a number that no label has.
    pub const NO_LABEL: u32 = u32::MAX;

    /// Index of the instruction that defines a label.
    pub fn label(&self, label: u32) -> Option<usize> {
        self.labels.get(label as usize).filter(|at| **at != Self::NO_LABEL).map(|at| *at as usize)
    }
    /// The function whose entry a label is.
    pub fn function_at(&self, label: u32) -> Option<&Function> {
        let at = self.label(label)?;
        let index = self.functions.partition_point(|f| f.start <= at).checked_sub(1)?;
        self.functions.get(index).filter(|f| f.entry == label)
    }
}

/// Checks everything that the documentation of this module promises.
pub fn validate(file: &BeamFile) -> Result<Layout, LoadError> {
    let mut layout = layout(file)?;
    operands::check_tables(file, &layout)?;
    for function in &layout.functions {
        operands::check(file, &layout, function)?;
    }
    flow::check(file, &mut layout)?;
    Ok(layout)
}

type Checked<T = ()> = Result<T, &'static str>;

fn ensure(holds: bool, reason: &'static str) -> Checked {
    if holds { Ok(()) } else { Err(reason) }
}

/// Finds labels and functions.
fn layout(file: &BeamFile) -> Result<Layout, LoadError> {
    let code = &file.code;
    let error = |index: usize, reason| at(file, None, index, reason);
    let mut layout = Layout { labels: vec![Layout::NO_LABEL; file.label_count as usize], ..Layout::default() };
    let mut on_load = None;
    if code.last().is_none_or(|last| last.op != Op::IntCodeEnd) {
        return Err(error(code.len(), "the code has no end"));
    }
    for (index, instruction) in code.iter().enumerate() {
        match (instruction.op, &*instruction.args) {
            (Op::Label, [Arg::Unsigned(label)]) => {
                let place = usize::try_from(*label).ok().and_then(|label| layout.labels.get_mut(label));
                match place {
                    Some(place) if *label > 0 && *place == Layout::NO_LABEL => *place = index as u32,
                    _ => return Err(error(index, "the label is out of range or defined twice")),
                }
            }
            (Op::FuncInfo, [_, Arg::Atom(name), Arg::Unsigned(arity)]) => {
                let start = function_start(code, index).ok_or_else(|| error(index, "no label stands before it"))?;
                let entry = match code.get(index + 1).map(|next| (next.op, &*next.args)) {
                    Some((Op::Label, [Arg::Unsigned(entry)])) => *entry as u32,
                    _ => return Err(error(index, "no label stands behind it")),
                };
                match layout.functions.last_mut() {
                    Some(last) if start <= last.info + 1 => {
                        return Err(error(index, "the function before it is empty"));
                    }
                    Some(last) => last.end = start,
                    None if start > 0 => return Err(error(0, "it belongs to no function")),
                    None => {}
                }
                let arity = u32::try_from(*arity).unwrap_or(u32::MAX);
                layout.functions.push(Function { name: *name, arity, start, info: index, entry, end: code.len() });
            }
            (Op::Label | Op::FuncInfo, _) => return Err(error(index, "an operand is of the wrong kind")),
            (Op::OnLoad, _) if on_load.replace(layout.functions.len()).is_some() => {
                return Err(error(index, "it stands in the module twice"));
            }
            _ => {}
        }
    }
    if let Some(last) = layout.functions.last_mut() {
        last.end = code.len() - 1; // `int_code_end` belongs to no function.
    } else if code.len() > 1 {
        return Err(error(0, "it belongs to no function"));
    }
    layout.on_load = on_load.map(|count| count.wrapping_sub(1)).filter(|index| *index < layout.functions.len());
    Ok(layout)
}

/// Index of the label in front of a `func_info`; a line may stand between them.
fn function_start(code: &[Instruction], info: usize) -> Option<usize> {
    let before = info.checked_sub(1)?;
    let at = if code[before].op == Op::Line { before.checked_sub(1)? } else { before };
    (code[at].op == Op::Label).then_some(at)
}

/// An error at an instruction.
fn at(file: &BeamFile, function: Option<&Function>, index: usize, reason: &'static str) -> LoadError {
    let name = |function: &Function| {
        let name = file.atoms.get(function.name as usize).map_or("?", String::as_str);
        format!("{name}/{}", function.arity)
    };
    LoadError::Instruction {
        index,
        function: function.map(name).unwrap_or_default(),
        name: file.code.get(index).map_or("", |instruction| instruction.op.name()),
        reason,
    }
}
