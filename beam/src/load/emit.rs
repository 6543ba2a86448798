//! What each generic instruction becomes.
//!
//! Operands are resolved here, once: constants become terms, labels distances, imports numbers of exports or natives.
//! Frequent sequences are fused into one instruction of the machine.

mod bifs;
mod calls;
mod fused;
mod terms;

use std::collections::HashMap;
use std::iter::{Copied, Peekable};
use std::slice::Iter;

use crate::atoms;
use crate::code::{Module, PRE_LOADED};
use crate::image::ImageRef;
use crate::instr::Operation;
use crate::interp::tuple_header;
use crate::load::operands::{Half, Words, constant, heap_need, invalid, label, list, number, target};
use crate::load::{Tables, bitstring, select};
use crate::loader::validate::{Layout, Register};
use crate::loader::{Arg, BeamFile, Instruction, LoadError, Op};
use crate::probes;
use crate::term::Term;

/// Words of a `FuncInfo`, behind which the code of its function begins.
pub(crate) const FUNC_INFO_WORDS: u32 = 4;

/// Registers that hold values at an instruction which does not say so.
pub(super) const LIVE_UNKNOWN: u64 = u32::MAX as u64;

/// What a call of an import leads to.
#[derive(Clone, Copy)]
enum Import {
    Export(u32),
    Native(u32),
}

/// Turns a file into a module. Its exports and funs are known to the image afterwards, but lead nowhere yet.
pub(super) fn emit(image: &ImageRef, file: &BeamFile, layout: &Layout, tables: Tables) -> Result<Module, LoadError> {
    let mut emitter = Emitter::new(image, file, layout, &tables);
    emitter.run()?;
    let Emitter { words, functions, lines, on_load, .. } = emitter;
    let position = |n: u32| words.position(n).ok_or_else(|| invalid("an entry refers to a label that is not there"));
    let mut exports = Vec::with_capacity(file.exports.len());
    for (name, arity, at) in &file.exports {
        exports.push((tables.atoms[*name as usize], *arity, position(*at)?));
    }
    let bodies = file.funs.iter().map(|row| position(row.label)).collect::<Result<Vec<u32>, LoadError>>()?;
    let code = words.link()?;
    for (number, word) in tables.funs.iter().zip(bodies) {
        image.get_mut().code.funs[*number as usize].code = &raw const code[word as usize];
    }
    let name = tables.atoms[1];
    let lines = if PRE_LOADED.contains(&file.atoms[1].as_str()) { Vec::new() } else { lines };
    let mut files = vec![format!("{}.erl", file.atoms[1])];
    files.extend(file.lines.files.iter().skip(1).cloned());
    Ok(Module {
        name,
        md5: file.md5,
        code,
        exports,
        functions,
        lines,
        files,
        literals: tables.heap,
        strings: tables.strings,
        funs: tables.funs,
        attributes: file.attributes.clone().into(),
        compile_info: file.compile_info.clone().into(),
        on_load,
    })
}

struct Emitter<'a> {
    image: &'a ImageRef,
    file: &'a BeamFile,
    tables: &'a Tables,
    imports: Vec<Import>,
    /// Operations of guard functions that are instructions, by import.
    special: HashMap<u32, Operation>,
    /// Comparisons that give a value, by import: the test, and whether its operands change places.
    comparisons: HashMap<u32, (Operation, bool)>,
    words: Words,
    functions: Vec<(u32, Term, u32)>,
    lines: Vec<(u32, u16, u32)>,
    /// A native replaces the body: skip it up to the next function.
    skipping: bool,
    on_load: Option<u32>,
    /// Places that must not be reached, by index of the instruction.
    traps: Peekable<Copied<Iter<'a, usize>>>,
    /// Y registers to clear, by index of the instruction.
    clears: Peekable<Copied<Iter<'a, (usize, Register)>>>,
}

impl<'a> Emitter<'a> {
    fn new(image: &'a ImageRef, file: &'a BeamFile, layout: &'a Layout, tables: &'a Tables) -> Emitter<'a> {
        let mut imports = Vec::with_capacity(file.imports.len());
        let (mut special, mut comparisons) = (HashMap::new(), HashMap::new());
        for (i, (module, function, arity)) in file.imports.iter().enumerate() {
            let mfa = (tables.atoms[*module as usize], tables.atoms[*function as usize], *arity);
            let image = image.get_mut();
            imports.push(match image.native(mfa) {
                Some(native) => Import::Native(native),
                None => Import::Export(image.code.export(mfa)),
            });
            if mfa.0 == atoms::ERLANG {
                let name = image.atoms.name(mfa.1);
                special.extend(bifs::operation(name, *arity).map(|op| (i as u32, op)));
                comparisons.extend(bifs::comparison(name, *arity).map(|test| (i as u32, test)));
            }
        }
        let words = Words::new(file.label_count);
        Emitter {
            image,
            file,
            tables,
            imports,
            special,
            comparisons,
            words,
            functions: Vec::new(),
            lines: Vec::new(),
            skipping: false,
            on_load: None,
            traps: layout.traps.iter().copied().peekable(),
            clears: layout.clears.iter().copied().peekable(),
        }
    }

    fn run(&mut self) -> Result<(), LoadError> {
        let code = &self.file.code;
        let mut i = 0;
        while i < code.len() {
            if self.skipping {
                self.skip_guards(i);
            }
            if self.skipping && !matches!(code[i].op, Op::FuncInfo | Op::Label | Op::IntCodeEnd) {
                i += 1;
                continue;
            }
            self.guards(i)?;
            // Instructions are only fused where nothing has to stand between them.
            let free = self.next_guard().map_or(code.len(), |at| at.max(i + 1));
            i += match self.fused(&code[i..free])? {
                0 => {
                    self.instruction(&code[i])?;
                    1
                }
                n => n,
            };
        }
        Ok(())
    }

    /// What the loader's checks ask for in front of an instruction.
    fn guards(&mut self, i: usize) -> Result<(), LoadError> {
        while self.traps.next_if(|at| *at <= i).is_some() {
            self.plain(Operation::Trap, 0, 0, 0);
        }
        while let Some((_, register)) = self.clears.next_if(|(at, _)| *at <= i) {
            match register {
                Register::X(x) => self.move_constant(Operation::MoveCX, &Arg::Nil, x)?,
                Register::Y(y) => self.plain(Operation::InitY, 8 * y as usize, 0, 0),
            }
        }
        Ok(())
    }

    fn skip_guards(&mut self, i: usize) {
        while self.traps.next_if(|at| *at <= i).is_some() {}
        while self.clears.next_if(|(at, _)| *at <= i).is_some() {}
    }

    /// Index of the next instruction in front of which something is added.
    fn next_guard(&mut self) -> Option<usize> {
        let trap = self.traps.peek().copied();
        let clear = self.clears.peek().map(|(at, _)| *at);
        trap.into_iter().chain(clear).min()
    }

    fn instruction(&mut self, instruction: &Instruction) -> Result<(), LoadError> {
        let args = &instruction.args;
        match instruction.op {
            Op::Label => {
                self.words.define(number(&args[0])? as u32);
                if self.skipping {
                    return Ok(());
                }
                self.entry()?;
            }
            Op::FuncInfo => self.func_info(args)?,
            Op::IntCodeEnd => self.plain(Operation::Trap, 0, 0, 0),
            Op::Line => self.line(args)?,
            Op::OnLoad => self.on_load = self.functions.last().map(|(start, ..)| *start + FUNC_INFO_WORDS),
            Op::Fclearerror | Op::Fcheckerror | Op::NifStart | Op::ExecutableLine | Op::DebugLine => {}
            // The markers of compilers before OTP 24 only save time.
            Op::RecvMark | Op::RecvSet => {}
            Op::RecvMarkerReserve => {
                self.words.begin(Operation::RecvMarkerReserve, 1);
                self.words.a(target(&args[0])?);
                self.words.finish();
            }
            Op::RecvMarkerBind => self.sources(Operation::RecvMarkerBind, &[&args[0], &args[1]])?,
            Op::RecvMarkerClear => self.sources(Operation::RecvMarkerClear, &[&args[0]])?,
            Op::RecvMarkerUse => self.sources(Operation::RecvMarkerUse, &[&args[0]])?,
            Op::Call => self.call(Operation::Call, 0, &args[1]),
            Op::CallOnly => self.call(Operation::CallOnly, 0, &args[1]),
            Op::CallLast => self.call(Operation::CallLast, frame(&args[2])?, &args[1]),
            Op::CallExt => self.call_import(&args[1], Operation::CallExt, 0)?,
            Op::CallExtOnly => self.call_import(&args[1], Operation::CallExtOnly, 0)?,
            Op::CallExtLast => self.call_import(&args[1], Operation::CallExtLast, frame(&args[2])?)?,
            Op::Return => self.plain(Operation::Return, 0, 0, 0),
            Op::Allocate => self.allocate(number(&args[0])?, 0, number(&args[1])?)?,
            Op::AllocateHeap => self.allocate(number(&args[0])?, heap_need(&args[1]), number(&args[2])?)?,
            Op::AllocateZero => {
                self.allocate(number(&args[0])?, 0, number(&args[1])?)?;
                self.clear_frame(number(&args[0])?);
            }
            Op::AllocateHeapZero => {
                self.allocate(number(&args[0])?, heap_need(&args[1]), number(&args[2])?)?;
                self.clear_frame(number(&args[0])?);
            }
            Op::TestHeap => self.test_heap(heap_need(&args[0]), number(&args[1])?)?,
            Op::Deallocate => self.plain(Operation::Deallocate, frame(&args[0])?, 0, 0),
            Op::Trim => self.plain(Operation::Deallocate, frame(&args[0])?, 0, 0),
            Op::Init => self.init_y(&args[..])?,
            Op::InitYregs => self.init_y(list(&args[0]))?,
            Op::Move => self.move_to(&args[0], &args[1])?,
            Op::Swap => self.registers(Operation::Swap, &[&args[0], &args[1]])?,
            Op::PutList => self.put_list(args)?,
            Op::PutTuple2 => self.put_tuple(&args[0], list(&args[1]))?,
            Op::GetList => match (&args[0], &args[1], &args[2]) {
                (Arg::X(a), Arg::X(b), Arg::X(c)) => {
                    self.plain(Operation::GetListX, 8 * *a as usize, 8 * *b as usize, 8 * *c as usize)
                }
                _ => self.source_and_targets(Operation::GetList, &args[0], &args[1], &args[2])?,
            },
            Op::GetHd => self.source_and_targets(Operation::GetHd, &args[0], &args[1], &args[1])?,
            Op::GetTl => self.source_and_targets(Operation::GetTl, &args[0], &args[1], &args[1])?,
            Op::GetTupleElement => self.get_tuple_element(args)?,
            Op::SetTupleElement => {
                self.words.begin(Operation::SetTupleElement, 2);
                let value = self.words.source(self.tables, &args[0])?;
                let tuple = self.words.source(self.tables, &args[1])?;
                self.words.a(value);
                self.words.b(tuple);
                self.words.or(1, number(&args[2])? as u64);
                self.words.finish();
            }
            Op::UpdateRecord => self.update_record(args)?,
            Op::IsInteger => self.test(Operation::IsInteger, args)?,
            Op::IsFloat => self.test(Operation::IsFloat, args)?,
            Op::IsNumber => self.test(Operation::IsNumber, args)?,
            Op::IsAtom => self.test(Operation::IsAtom, args)?,
            Op::IsPid => self.test(Operation::IsPid, args)?,
            Op::IsReference => self.test(Operation::IsReference, args)?,
            Op::IsPort => self.test(Operation::IsPort, args)?,
            Op::IsNil => {
                self.test(if matches!(args[1], Arg::X(_)) { Operation::IsNilX } else { Operation::IsNil }, args)?
            }
            Op::IsBinary => self.test(Operation::IsBinary, args)?,
            Op::IsBitstr => self.test(Operation::IsBitstr, args)?,
            Op::IsList => self.test(Operation::IsList, args)?,
            Op::IsNonemptyList => {
                let in_x = matches!(args[1], Arg::X(_));
                self.test(if in_x { Operation::IsNonemptyListX } else { Operation::IsNonemptyList }, args)?;
            }
            Op::IsTuple => self.test(Operation::IsTuple, args)?,
            Op::IsMap => self.test(Operation::IsMap, args)?,
            Op::IsBoolean => self.test(Operation::IsBoolean, args)?,
            Op::IsFunction => self.test(Operation::IsFunction, args)?,
            Op::IsFunction2 => self.test2(Operation::IsFunction2, args)?,
            Op::TestArity => {
                self.words.begin(Operation::TestArity, 2);
                let source = self.words.source(self.tables, &args[1])?;
                self.words.a(source);
                self.words.label(0, Half::High, label(&args[0]));
                self.words.or(1, tuple_header(number(&args[2])?));
                self.words.finish();
            }
            Op::IsTaggedTuple => {
                self.words.begin(Operation::IsTaggedTuple, 3);
                let source = self.words.source(self.tables, &args[1])?;
                self.words.a(source);
                self.words.label(0, Half::High, label(&args[0]));
                self.words.or(1, tuple_header(number(&args[2])?));
                self.words.or(2, constant(self.tables, &args[3])?.0);
                self.words.finish();
            }
            Op::IsLt => self.compare(Operation::IsLt, Some(Operation::IsLtImm), args)?,
            Op::IsGe => self.compare(Operation::IsGe, Some(Operation::IsGeImm), args)?,
            Op::IsEq => self.test2(Operation::IsEq, args)?,
            Op::IsNe => self.test2(Operation::IsNe, args)?,
            Op::IsEqExact => self.compare(Operation::IsEqExact, Some(Operation::IsEqExactImm), args)?,
            Op::IsNeExact => self.compare(Operation::IsNeExact, Some(Operation::IsNeExactImm), args)?,
            Op::SelectVal => select::values(&mut self.words, self.tables, &args[0], label(&args[1]), list(&args[2]))?,
            Op::SelectTupleArity => {
                select::arities(&mut self.words, self.tables, &args[0], label(&args[1]), list(&args[2]))?;
            }
            Op::Jump => self.jump(Operation::Jump, 0, label(&args[0])),
            Op::Bif0 => self.bif(0, LIVE_UNKNOWN, &args[0], &[], &args[1])?,
            Op::Bif1 | Op::Bif2 => {
                let last = args.len() - 1;
                self.bif(label(&args[0]), LIVE_UNKNOWN, &args[1], &args[2..last], &args[last])?;
            }
            Op::GcBif1 | Op::GcBif2 | Op::GcBif3 => {
                let last = args.len() - 1;
                self.bif(label(&args[0]), number(&args[1])? as u64, &args[2], &args[3..last], &args[last])?;
            }
            Op::CallFun => self.plain(Operation::CallFun, number(&args[0])?, 0, 0),
            Op::CallFun2 => {
                self.words.begin(Operation::CallFun2, 1);
                let fun = self.words.source(self.tables, &args[2])?;
                self.words.a(number(&args[1])? as u16);
                self.words.b(fun);
                self.words.finish();
            }
            Op::Apply => self.plain(Operation::Apply, number(&args[0])?, 0, 0),
            Op::ApplyLast => self.plain(Operation::ApplyLast, number(&args[0])?, frame(&args[1])?, 0),
            Op::MakeFun2 => {
                let captured = self.file.funs.get(number(&args[0])?).map_or(0, |row| row.free);
                let env: Vec<Arg> = (0..captured).map(Arg::X).collect();
                self.test_heap(2 + env.len(), env.len())?;
                self.make_fun(&args[0], &Arg::X(0), &env)?;
            }
            Op::MakeFun3 => self.make_fun(&args[0], &args[1], list(&args[2]))?,
            Op::Try => self.jump(Operation::Try, y(&args[0])?, label(&args[1])),
            Op::Catch => self.jump(Operation::Catch, y(&args[0])?, label(&args[1])),
            Op::TryEnd => self.plain(Operation::TryEnd, y(&args[0])?, 0, 0),
            Op::TryCase => self.plain(Operation::TryCase, y(&args[0])?, 0, 0),
            Op::CatchEnd => self.plain(Operation::CatchEnd, y(&args[0])?, 0, 0),
            Op::TryCaseEnd => self.sources(Operation::TryCaseEnd, &[&args[0]])?,
            Op::Raise => self.sources(Operation::Raise, &[&args[0], &args[1]])?,
            Op::RawRaise => self.plain(Operation::RawRaise, 0, 0, 0),
            Op::BuildStacktrace => self.plain(Operation::BuildStacktrace, 0, 0, 0),
            Op::Badmatch => self.sources(Operation::Badmatch, &[&args[0]])?,
            Op::CaseEnd => self.sources(Operation::CaseEnd, &[&args[0]])?,
            Op::IfEnd => self.plain(Operation::IfEnd, 0, 0, 0),
            Op::Badrecord => self.sources(Operation::Badrecord, &[&args[0]])?,
            Op::LoopRec => self.jump(Operation::LoopRec, 0, label(&args[0])),
            Op::LoopRecEnd => self.jump(Operation::LoopRecEnd, 0, label(&args[0])),
            Op::Wait => self.jump(Operation::Wait, 0, label(&args[0])),
            Op::WaitTimeout => {
                self.words.begin(Operation::WaitTimeout, 1);
                let timeout = self.words.source(self.tables, &args[1])?;
                self.words.a(timeout);
                self.words.label(0, Half::High, label(&args[0]));
                self.words.finish();
            }
            Op::Timeout => self.plain(Operation::Timeout, 0, 0, 0),
            Op::RemoveMessage => self.plain(Operation::RemoveMessage, 0, 0, 0),
            Op::Send => self.plain(Operation::Send, 0, 0, 0),
            Op::Fmove => match (&args[0], &args[1]) {
                (Arg::FloatReg(from), to) => {
                    self.words.begin(Operation::FmoveOut, 1);
                    self.words.a(8 * *from as u16);
                    self.words.b(target(to)?);
                    self.words.finish();
                }
                (from, Arg::FloatReg(to)) => self.float_register_from(Operation::Fmove, from, *to)?,
                _ => return Err(invalid("fmove without a float register")),
            },
            Op::Fconv => match &args[1] {
                Arg::FloatReg(to) => self.float_register_from(Operation::Fconv, &args[0], *to)?,
                _ => return Err(invalid("fconv without a float register")),
            },
            Op::Fadd => self.float(Operation::Fadd, args)?,
            Op::Fsub => self.float(Operation::Fsub, args)?,
            Op::Fmul => self.float(Operation::Fmul, args)?,
            Op::Fdiv => self.float(Operation::Fdiv, args)?,
            Op::Fnegate => self.plain(Operation::Fnegate, float_register(&args[1])?, 0, float_register(&args[2])?),
            Op::PutMapAssoc => self.put_map(Operation::PutMapAssoc, args)?,
            Op::PutMapExact => self.put_map(Operation::PutMapExact, args)?,
            Op::HasMapFields => self.map_fields(Operation::HasMapFields, args)?,
            Op::GetMapElements => self.get_map_elements(args)?,
            _ => {
                // The instructions behind these rely on the room that these ask for. They themselves take some of it.
                const OWN_WORDS: usize = 16;
                let room = match instruction.op {
                    Op::BsCreateBin => Some((heap_need(&args[1]), number(&args[2])?)),
                    Op::BsInit2 | Op::BsInitBits | Op::BsAppend => Some((heap_need(&args[2]), number(&args[3])?)),
                    _ => None,
                };
                if let Some((need @ 1.., live)) = room {
                    self.test_heap(need + OWN_WORDS, live)?;
                }
                bitstring::emit(&mut self.words, self.tables, &self.file.strings, instruction)?
            }
        }
        Ok(())
    }

    // Functions and lines.

    fn func_info(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let (module, function) = (constant(self.tables, &args[0])?, constant(self.tables, &args[1])?);
        let arity = number(&args[2])? as u32;
        self.skipping = false;
        self.words.begin(Operation::FuncInfo, FUNC_INFO_WORDS as usize);
        self.functions.push((self.words.start as u32, function, arity));
        self.words.or(1, module.0);
        self.words.or(2, function.0);
        self.words.or(3, u64::from(arity));
        Ok(())
    }

    /// At the first label behind a `FuncInfo`: a native takes the place of the body.
    fn entry(&mut self) -> Result<(), LoadError> {
        let Some((start, function, arity)) = self.functions.last().copied() else { return Ok(()) };
        if self.words.words.len() as u32 != start + 4 {
            return Ok(());
        }
        if let Some(native) = self.image.get().native((self.tables.atoms[1], function, arity)) {
            self.words.begin(Operation::NativeStub, 1);
            self.words.bc(native);
            self.words.finish();
            self.skipping = true;
        } else if let Some(probe) = self.probe(function, arity) {
            self.plain(Operation::Probe, usize::from(probe), 0, 0);
        }
        Ok(())
    }

    fn probe(&self, function: Term, arity: u32) -> Option<u16> {
        let name = |atom: &Term| self.tables.names.get(atom).map(String::as_str);
        probes::number(name(&self.tables.atoms[1])?, name(&function)?, arity)
    }

    fn line(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let item = number(&args[0])?;
        let (file, line) = self.file.lines.items.get(item).copied().unwrap_or((0, 0));
        let at = self.words.words.len() as u32;
        match self.lines.last_mut() {
            Some(last) if last.0 == at => *last = (at, file as u16, line),
            _ => self.lines.push((at, file as u16, line)),
        }
        Ok(())
    }

    // Shapes of instructions.

    fn plain(&mut self, operation: Operation, a: usize, b: usize, c: usize) {
        self.words.begin(operation, 1);
        self.words.a(a as u16);
        self.words.b(b as u16);
        self.words.c(c as u16);
        self.words.finish();
    }

    fn jump(&mut self, operation: Operation, a: usize, to: u32) {
        self.words.begin(operation, 1);
        self.words.a(a as u16);
        self.words.label(0, Half::High, to);
        self.words.finish();
    }

    fn registers(&mut self, operation: Operation, args: &[&Arg]) -> Result<(), LoadError> {
        self.words.begin(operation, 1);
        self.words.a(target(args[0])?);
        self.words.b(target(args[1])?);
        self.words.finish();
        Ok(())
    }

    fn sources(&mut self, operation: Operation, args: &[&Arg]) -> Result<(), LoadError> {
        self.words.begin(operation, 1);
        let first = self.words.source(self.tables, args[0])?;
        self.words.a(first);
        if let Some(second) = args.get(1) {
            let second = self.words.source(self.tables, second)?;
            self.words.b(second);
        }
        self.words.finish();
        Ok(())
    }

    fn source_and_targets(&mut self, operation: Operation, source: &Arg, b: &Arg, c: &Arg) -> Result<(), LoadError> {
        self.words.begin(operation, 1);
        let source = self.words.source(self.tables, source)?;
        self.words.a(source);
        self.words.b(target(b)?);
        self.words.c(target(c)?);
        self.words.finish();
        Ok(())
    }

    fn test(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        self.words.begin(operation, 1);
        let source = self.words.source(self.tables, &args[1])?;
        self.words.a(source);
        self.words.label(0, Half::High, label(&args[0]));
        self.words.finish();
        Ok(())
    }

    fn test2(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        self.words.begin(operation, 2);
        let (l, r) = (self.words.source(self.tables, &args[1])?, self.words.source(self.tables, &args[2])?);
        self.words.a(l);
        self.words.b(r);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.finish();
        Ok(())
    }
}

/// Size of a frame in bytes.
fn frame(arg: &Arg) -> Result<usize, LoadError> {
    Ok(8 * number(arg)?)
}

/// Offset of a Y register in bytes.
fn y(arg: &Arg) -> Result<usize, LoadError> {
    if let Arg::Y(n) = arg { Ok(8 * *n as usize) } else { Err(invalid("an operand is no Y register")) }
}

/// Offset of a float register in bytes.
fn float_register(arg: &Arg) -> Result<usize, LoadError> {
    if let Arg::FloatReg(n) = arg { Ok(8 * *n as usize) } else { Err(invalid("an operand is no float register")) }
}
