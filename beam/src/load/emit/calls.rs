//! Calls, the frames that they need, and the funs that are made to be called later.

use super::{Emitter, Import, y};
use crate::instr::{APPLY_LIST, Operation};
use crate::load::operands::{invalid, label, number, target};
use crate::loader::{Arg, LoadError};
use crate::natives::Signature;
use crate::term::Term;

impl Emitter<'_> {
    pub(super) fn call(&mut self, operation: Operation, frame: usize, to: &Arg) {
        self.jump(operation, frame, label(to));
    }

    pub(super) fn call_import(&mut self, import: &Arg, operation: Operation, frame: usize) -> Result<(), LoadError> {
        match self.import(import)? {
            Import::Export(export) => {
                self.words.begin(operation, 1);
                self.words.a(frame as u16);
                self.words.bc(export);
                self.words.finish();
            }
            Import::Native(native)
                if operation != Operation::CallExt && leaves_caller(&self.image.get().natives[native as usize]) =>
            {
                let native = self.image.get().natives[native as usize];
                if (native.module, native.function, native.arity) == ("erlang", "apply", 3) {
                    self.plain(Operation::ApplyLast, APPLY_LIST, frame, 0);
                    return Ok(());
                }
                let atoms = &self.image.get().atoms;
                let name = |name| atoms.existing(name).ok_or_else(|| invalid("a native without a name"));
                let mfa = (name(native.module)?, name(native.function)?, u32::from(native.arity));
                let export = self.image.get_mut().code.export(mfa);
                self.words.begin(operation, 1);
                self.words.a(frame as u16);
                self.words.bc(export);
                self.words.finish();
            }
            Import::Native(native) => {
                self.words.begin(Operation::CallNative, 1);
                self.words.bc(native);
                self.words.finish();
                match operation {
                    Operation::CallExtLast => self.plain(Operation::DeallocateReturn, frame, 0, 0),
                    Operation::CallExtOnly => self.plain(Operation::Return, 0, 0, 0),
                    _ => {}
                }
            }
        }
        Ok(())
    }

    pub(super) fn import(&self, arg: &Arg) -> Result<Import, LoadError> {
        self.imports.get(number(arg)?).copied().ok_or_else(|| invalid("an import that is not there"))
    }

    pub(super) fn allocate(&mut self, frame: usize, need: usize, live: usize) -> Result<(), LoadError> {
        let together = need <= 0xffff;
        self.plain(Operation::Allocate, 8 * frame, live, if together { need } else { 0 });
        if !together {
            self.clear_frame(frame);
            self.test_heap(need, live)?;
        }
        Ok(())
    }

    pub(super) fn clear_frame(&mut self, frame: usize) {
        for y in 0..frame {
            self.plain(Operation::InitY, 8 * y, 0, 0);
        }
    }

    pub(super) fn test_heap(&mut self, need: usize, live: usize) -> Result<(), LoadError> {
        self.words.begin(Operation::TestHeap, 1);
        self.words.a(live as u16);
        self.words.bc(u32::try_from(need).map_err(|_| invalid("a heap need is too large"))?);
        self.words.finish();
        Ok(())
    }

    pub(super) fn init_y(&mut self, registers: &[Arg]) -> Result<(), LoadError> {
        for group in registers.chunks(3) {
            let operation = [Operation::InitY, Operation::InitY2, Operation::InitY3][group.len() - 1];
            let at = |i: usize| group.get(i).map_or(Ok(0), y);
            self.plain(operation, at(0)?, at(1)?, at(2)?);
        }
        Ok(())
    }

    pub(super) fn make_fun(&mut self, fun: &Arg, to: &Arg, captured: &[Arg]) -> Result<(), LoadError> {
        let number = self.tables.funs.get(number(fun)?).ok_or_else(|| invalid("a fun that is not there"))?;
        self.words.begin(Operation::MakeFun, 3 + captured.len().div_ceil(4));
        self.words.a(target(to)?);
        self.words.b(captured.len() as u16);
        self.words.or(1, Term::small(i64::from(*number)).0);
        self.pack(3, captured)?;
        let length = self.words.length();
        self.words.or(2, length as u64);
        Ok(())
    }
}

/// Whether a last call of a native drops the caller's frame first: it goes on with a call of its own, or Erlang/OTP has it
/// as a function written in Erlang, which shows in stack traces.
fn leaves_caller(native: &Signature) -> bool {
    const LEAVES: &[(&str, u8)] = &[
        ("apply", 2),
        ("apply", 3),
        ("atom_to_binary", 1),
        ("binary_to_atom", 1),
        ("binary_to_existing_atom", 1),
        ("binary_to_integer", 1),
        ("binary_to_integer", 2),
        ("fun_info", 1),
        ("list_to_integer", 1),
        ("list_to_integer", 2),
    ];
    native.module == "erlang" && LEAVES.contains(&(native.function, native.arity))
}
