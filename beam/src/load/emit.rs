//! Table: what each generic instruction becomes.
//!
//! Operands are resolved here, once: constants become terms, labels distances, imports numbers of exports or natives.
//! Frequent sequences are fused into one instruction of the machine.

use std::collections::HashMap;
use std::iter::{Copied, Peekable};
use std::slice::Iter;

use crate::atoms;
use crate::code::{Module, PRE_LOADED};
use crate::compare;
use crate::image::ImageRef;
use crate::instr::{APPLY_LIST, OPERAND_X, Operation, split};
use crate::interp::tuple_header;
use crate::load::operands::{Half, Words, constant, heap_need, invalid, label, list, number, target};
use crate::load::{Tables, bitstring, select};
use crate::loader::validate::{Layout, Register};
use crate::loader::{Arg, BeamFile, Instruction, LoadError, Op};
use crate::natives::Native;
use crate::probes;
use crate::term::Term;

/// Words of a `FuncInfo`, behind which the code of its function begins.
const FUNC_INFO_WORDS: u32 = 4;

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
                special.extend(operation(name, *arity).map(|op| (i as u32, op)));
                comparisons.extend(comparison(name, *arity).map(|test| (i as u32, test)));
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

    /// Emits one instruction for several, where they fit. Gives how many there were.
    fn fused(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        if self.skipping {
            return Ok(0);
        }
        let [first, rest @ ..] = code else { return Ok(0) };
        let next = rest.first();
        let args = &first.args;
        let next_is = |op: Op| next.is_some_and(|n| n.op == op);
        if let Some(count) = self.move_call(code)? {
            return Ok(count);
        }
        match first.op {
            Op::Move if next_is(Op::Deallocate) && rest.get(1).is_some_and(|n| n.op == Op::Return) => {
                self.words.begin(Operation::MoveDeallocateReturn, 1);
                let source = self.words.source(self.tables, &args[0])?;
                self.words.a(next.map_or(Ok(0), |n| frame(&n.args[0]))? as u16);
                self.words.b(source);
                self.words.c(target(&args[1])?);
                self.words.finish();
                Ok(3)
            }
            Op::Allocate | Op::AllocateHeap if next_is(Op::Move) => self.allocate_move(code),
            // A header says that it is a tuple and of which size.
            Op::IsTuple
                if next.is_some_and(|n| n.op == Op::TestArity && n.args[0] == args[0] && n.args[1] == args[1]) =>
            {
                self.instruction(&rest[0])?;
                Ok(2)
            }
            Op::IsGe => self.between(code),
            Op::Deallocate if next_is(Op::Return) => {
                self.plain(Operation::DeallocateReturn, frame(&args[0])?, 0, 0);
                Ok(2)
            }
            // A fun that is called last may call itself without end.
            Op::CallFun | Op::CallFun2
                if next_is(Op::Deallocate) && rest.get(1).is_some_and(|n| n.op == Op::Return) =>
            {
                let size = next.map_or(Ok(0), |n| frame(&n.args[0]))?;
                if first.op == Op::CallFun {
                    self.plain(Operation::CallFunLast, number(&args[0])?, size, 0);
                } else {
                    self.words.begin(Operation::CallFun2Last, 1);
                    let fun = self.words.source(self.tables, &args[2])?;
                    self.words.a(number(&args[1])? as u16);
                    self.words.b(fun);
                    self.words.c(size as u16);
                    self.words.finish();
                }
                Ok(3)
            }
            Op::Move if next_is(Op::Return) => {
                let (source, destination) = (&args[0], &args[1]);
                match (source, destination) {
                    (Arg::X(from), Arg::X(to)) => {
                        self.words.begin(Operation::MoveXXReturn, 1);
                        self.words.a(8 * *from as u16);
                        self.words.b(8 * *to as u16);
                    }
                    (Arg::Y(_), _) | (_, Arg::Y(_)) => return Ok(0),
                    (_, Arg::X(to)) => {
                        self.words.begin(Operation::MoveCXReturn, 2);
                        let value = constant(self.tables, source)?;
                        self.words.b(8 * *to as u16);
                        self.words.or(1, value.0);
                    }
                    _ => return Ok(0),
                }
                self.words.finish();
                Ok(2)
            }
            Op::IsNonemptyList if next_is(Op::GetList) => {
                let (Arg::X(tested), Some(n)) = (&args[1], next) else { return Ok(0) };
                if n.args[0] != args[1] {
                    return Ok(0);
                }
                self.words.begin(Operation::IsNonemptyListGetList, 2);
                self.words.a(8 * *tested as u16);
                self.words.label(0, Half::High, label(&args[0]));
                self.words.or(1, u64::from(target(&n.args[1])?) << 32 | u64::from(target(&n.args[2])?) << 48);
                self.words.finish();
                Ok(2)
            }
            Op::GetTupleElement if next_is(Op::GetTupleElement) => {
                let (Arg::X(tuple), Some(n)) = (&args[0], next) else { return Ok(0) };
                let (i, j) = (number(&args[1])?, number(&n.args[1])?);
                if n.args[0] != args[0] || args[2] == args[0] || i > 0xffff || j > 0xffff {
                    return Ok(0);
                }
                self.words.begin(Operation::GetTupleElement2, 2);
                self.words.a(8 * *tuple as u16);
                self.words.b(i as u16);
                self.words.c(target(&args[2])?);
                self.words.or(1, (j as u64) << 32 | u64::from(target(&n.args[2])?) << 48);
                self.words.finish();
                Ok(2)
            }
            Op::Move if next_is(Op::Move) => self.moves(code),
            _ => Ok(0),
        }
    }

    /// One or two moves and a call of a function of the same module.
    fn move_call(&mut self, code: &[Instruction]) -> Result<Option<usize>, LoadError> {
        let moves = code.iter().take_while(|n| n.op == Op::Move).count();
        // The line of a call may stand between.
        let line = code.get(moves).filter(|n| n.op == Op::Line);
        let count = moves + usize::from(line.is_some());
        let Some(call) = code.get(count) else { return Ok(None) };
        let operation = match (moves, call.op) {
            (1, Op::Call) => Operation::MoveCall,
            (1, Op::CallOnly) => Operation::MoveCallOnly,
            (1, Op::CallLast) => Operation::MoveCallLast,
            (2, Op::Call) => Operation::Move2Call,
            (2, Op::CallOnly) => Operation::Move2CallOnly,
            (2, Op::CallLast) => Operation::Move2CallLast,
            _ => return Ok(None),
        };
        if let Some(line) = line {
            self.line(&line.args)?;
        }
        self.words.begin(operation, 2);
        if call.op == Op::CallLast {
            self.words.a(frame(&call.args[2])? as u16);
        }
        self.words.label(0, Half::High, label(&call.args[1]));
        for (i, step) in code[..moves].iter().enumerate() {
            let source = self.words.source(self.tables, &step.args[0])?;
            self.words.packed(1, 2 * i, source);
            self.words.packed(1, 2 * i + 1, target(&step.args[1])?);
        }
        self.words.finish();
        Ok(Some(count + 1))
    }

    /// A frame, and one or two moves of X registers into it.
    fn allocate_move(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        let args = &code[0].args;
        let (need, live) = match code[0].op {
            Op::Allocate => (0, number(&args[1])?),
            _ => (heap_need(&args[1]), number(&args[2])?),
        };
        let into_frame =
            |n: &&Instruction| n.op == Op::Move && matches!((&n.args[0], &n.args[1]), (Arg::X(_), Arg::Y(_)));
        let moves: Vec<&Instruction> = code[1..].iter().take(2).take_while(into_frame).collect();
        let (Some(first), Some(last)) = (moves.first(), moves.last()) else { return Ok(0) };
        if need > 0xffff {
            return Ok(0);
        }
        self.plain(Operation::AllocateMove, frame(&args[0])?, live, need);
        // One move is done twice.
        self.words.extend(1);
        for (i, step) in [first, last].into_iter().enumerate() {
            if let (Arg::X(from), Arg::Y(to)) = (&step.args[0], &step.args[1]) {
                self.words.packed(1, 2 * i, 8 * *from as u16);
                self.words.packed(1, 2 * i + 1, 8 * *to as u16);
            }
        }
        self.words.finish();
        Ok(1 + moves.len())
    }

    /// A value at least as large as one small integer and at most as large as another.
    fn between(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        let bound = |n: &Instruction| -> Option<(bool, Arg, i64)> {
            match (&n.args[1], &n.args[2]) {
                (r @ (Arg::X(_) | Arg::Y(_)), Arg::Int(low)) => Some((true, r.clone(), *low)),
                (Arg::Int(high), r @ (Arg::X(_) | Arg::Y(_))) => Some((false, r.clone(), *high)),
                _ => None,
            }
        };
        let [first, second, ..] = code else { return Ok(0) };
        if second.op != Op::IsGe || first.args[0] != second.args[0] {
            return Ok(0);
        }
        let (Some((is_low, register, one)), Some((is_high, other, two))) = (bound(first), bound(second)) else {
            return Ok(0);
        };
        let (low, high) = if is_low { (one, two) } else { (two, one) };
        let is_small = |value: i64| (crate::term::SMALL_MIN..=crate::term::SMALL_MAX).contains(&value);
        if is_low == is_high || register != other || low > high || !is_small(low) || !is_small(high) {
            return Ok(0);
        }
        self.words.begin(Operation::IsBetween, 3);
        let source = self.words.source(self.tables, &register)?;
        self.words.a(source);
        self.words.label(0, Half::High, label(&first.args[0]));
        self.words.or(1, Term::small(low).0);
        self.words.or(2, Term::small(high).0);
        self.words.finish();
        Ok(2)
    }

    /// Two or three moves in a row.
    fn moves(&mut self, code: &[Instruction]) -> Result<usize, LoadError> {
        let three = code.get(2).is_some_and(|n| n.op == Op::Move) && code.get(3).is_none_or(|n| n.op != Op::Return);
        if !three && code.get(2).is_some_and(|n| n.op == Op::Return) {
            return Ok(0);
        }
        self.words.begin(if three { Operation::Move3 } else { Operation::Move2 }, 2);
        let first = self.words.source(self.tables, &code[0].args[0])?;
        let second = self.words.source(self.tables, &code[1].args[0])?;
        self.words.a(first);
        self.words.b(target(&code[0].args[1])?);
        self.words.or(1, u64::from(second) << 16 | u64::from(target(&code[1].args[1])?) << 32);
        if three {
            let third = self.words.source(self.tables, &code[2].args[0])?;
            self.words.c(target(&code[2].args[1])?);
            self.words.or(1, u64::from(third) << 48);
        }
        self.words.finish();
        Ok(if three { 3 } else { 2 })
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
    fn call(&mut self, operation: Operation, frame: usize, to: &Arg) {
        self.jump(operation, frame, label(to));
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
    fn compare(&mut self, operation: Operation, immediate: Option<Operation>, args: &[Arg]) -> Result<(), LoadError> {
        let ordered = matches!(operation, Operation::IsLt | Operation::IsGe);
        let is_constant = |arg: &Arg| !matches!(arg, Arg::X(_) | Arg::Y(_));
        let (mut l, mut r, mut immediate) = (&args[1], &args[2], immediate);
        if is_constant(l) {
            std::mem::swap(&mut l, &mut r);
            immediate = match immediate {
                Some(Operation::IsLtImm) => Some(Operation::IsGtImm),
                Some(Operation::IsGeImm) => Some(Operation::IsLeImm),
                same => same,
            };
        }
        if is_constant(r) && !is_constant(l) {
            let value = constant(self.tables, r)?;
            if let Some(immediate) = immediate.filter(|_| if ordered { value.is_small() } else { value.is_immediate() })
            {
                self.words.begin(immediate, 2);
                let source = self.words.source(self.tables, l)?;
                self.words.a(source);
                self.words.label(0, Half::High, label(&args[0]));
                self.words.or(1, value.0);
                self.words.finish();
                return Ok(());
            }
        }
        self.test2(operation, args)
    }

    // Calls, frames, data.

    fn call_import(&mut self, import: &Arg, operation: Operation, frame: usize) -> Result<(), LoadError> {
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
    fn import(&self, arg: &Arg) -> Result<Import, LoadError> {
        self.imports.get(number(arg)?).copied().ok_or_else(|| invalid("an import that is not there"))
    }
    fn allocate(&mut self, frame: usize, need: usize, live: usize) -> Result<(), LoadError> {
        let together = need <= 0xffff;
        self.plain(Operation::Allocate, 8 * frame, live, if together { need } else { 0 });
        if !together {
            self.clear_frame(frame);
            self.test_heap(need, live)?;
        }
        Ok(())
    }
    fn clear_frame(&mut self, frame: usize) {
        for y in 0..frame {
            self.plain(Operation::InitY, 8 * y, 0, 0);
        }
    }
    fn test_heap(&mut self, need: usize, live: usize) -> Result<(), LoadError> {
        self.words.begin(Operation::TestHeap, 1);
        self.words.a(live as u16);
        self.words.bc(u32::try_from(need).map_err(|_| invalid("a heap need is too large"))?);
        self.words.finish();
        Ok(())
    }
    fn init_y(&mut self, registers: &[Arg]) -> Result<(), LoadError> {
        for group in registers.chunks(3) {
            let operation = [Operation::InitY, Operation::InitY2, Operation::InitY3][group.len() - 1];
            let at = |i: usize| group.get(i).map_or(Ok(0), y);
            self.plain(operation, at(0)?, at(1)?, at(2)?);
        }
        Ok(())
    }
    fn move_to(&mut self, from: &Arg, to: &Arg) -> Result<(), LoadError> {
        match (from, to) {
            (Arg::X(a), Arg::X(b)) => self.plain(Operation::MoveXX, 8 * *a as usize, 8 * *b as usize, 0),
            (Arg::X(a), Arg::Y(b)) => self.plain(Operation::MoveXY, 8 * *a as usize, 8 * *b as usize, 0),
            (Arg::Y(a), Arg::X(b)) => self.plain(Operation::MoveYX, 8 * *a as usize, 8 * *b as usize, 0),
            (Arg::Y(a), Arg::Y(b)) => self.plain(Operation::MoveYY, 8 * *a as usize, 8 * *b as usize, 0),
            (_, Arg::X(b)) => self.move_constant(Operation::MoveCX, from, *b)?,
            (_, Arg::Y(b)) => self.move_constant(Operation::MoveCY, from, *b)?,
            _ => return Err(invalid("an operand is no register")),
        }
        Ok(())
    }
    fn move_constant(&mut self, operation: Operation, from: &Arg, to: u32) -> Result<(), LoadError> {
        self.words.begin(operation, 2);
        self.words.b(8 * to as u16);
        let value = constant(self.tables, from)?;
        self.words.or(1, value.0);
        self.words.finish();
        Ok(())
    }
    fn put_list(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        if let (Arg::X(a), Arg::X(b), Arg::X(c)) = (&args[0], &args[1], &args[2]) {
            self.plain(Operation::PutListX, 8 * *a as usize, 8 * *b as usize, 8 * *c as usize);
            return Ok(());
        }
        self.words.begin(Operation::PutList, 1);
        let (head, tail) = (self.words.source(self.tables, &args[0])?, self.words.source(self.tables, &args[1])?);
        self.words.a(head);
        self.words.b(tail);
        self.words.c(target(&args[2])?);
        self.words.finish();
        Ok(())
    }
    fn put_tuple(&mut self, to: &Arg, elements: &[Arg]) -> Result<(), LoadError> {
        if let 2 | 3 = elements.len() {
            self.words.begin(if elements.len() == 2 { Operation::PutTuple2 } else { Operation::PutTuple3 }, 2);
            self.words.a(target(to)?);
            self.pack(1, elements)?;
            self.words.finish();
            return Ok(());
        }
        self.words.begin(Operation::PutTuple, 2 + elements.len().div_ceil(4));
        self.words.a(target(to)?);
        self.words.bc(elements.len() as u32);
        self.pack(2, elements)?;
        let length = self.words.length();
        self.words.or(1, length as u64);
        Ok(())
    }
    /// Source operands, four to a word.
    fn pack(&mut self, from: usize, args: &[Arg]) -> Result<(), LoadError> {
        for (i, arg) in args.iter().enumerate() {
            let operand = self.words.source(self.tables, arg)?;
            self.words.packed(from, i, operand);
        }
        Ok(())
    }
    fn get_tuple_element(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let index = number(&args[1])?;
        if index > 0xffff {
            return Err(invalid("an element of a tuple of more than 65,535"));
        }
        if let (Arg::X(tuple), Arg::X(to)) = (&args[0], &args[2]) {
            self.plain(Operation::GetTupleElementX, 8 * *tuple as usize, index, 8 * *to as usize);
            return Ok(());
        }
        self.words.begin(Operation::GetTupleElement, 1);
        let tuple = self.words.source(self.tables, &args[0])?;
        self.words.a(tuple);
        self.words.b(index as u16);
        self.words.c(target(&args[2])?);
        self.words.finish();
        Ok(())
    }
    /// a: destination, b: record; word 1: size (low) and length (high); then pairs of an index and an operand.
    fn update_record(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let updates = list(&args[4]);
        self.words.begin(Operation::UpdateRecord, 3 + updates.len().div_ceil(4));
        let record = self.words.source(self.tables, &args[2])?;
        self.words.a(target(&args[3])?);
        self.words.b(record);
        self.words.or(1, number(&args[1])? as u64);
        self.words.or(2, updates.len() as u64 / 2);
        for (i, pair) in updates.chunks_exact(2).enumerate() {
            let index = u16::try_from(number(&pair[0])?).map_err(|_| invalid("a record is too large"))?;
            self.words.packed(3, 2 * i, index);
            let value = self.words.source(self.tables, &pair[1])?;
            self.words.packed(3, 2 * i + 1, value);
        }
        self.long();
        Ok(())
    }
    /// The length of a long instruction goes into the upper half of word 1.
    fn long(&mut self) {
        let length = self.words.length() as u64;
        self.words.or(1, length << 32);
    }
    fn make_fun(&mut self, fun: &Arg, to: &Arg, captured: &[Arg]) -> Result<(), LoadError> {
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
    /// a: source, b: destination; word 1: failure distance (low), length (high); word 2: live, number of pairs (high).
    fn put_map(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        let pairs = list(&args[4]);
        let sorted = if let Operation::PutMapExact = operation { self.sorted_pairs(pairs) } else { None };
        let pairs = sorted.as_deref().unwrap_or(pairs);
        self.words.begin(operation, 3 + pairs.len().div_ceil(4));
        let source = self.words.source(self.tables, &args[1])?;
        self.words.a(source);
        self.words.b(target(&args[2])?);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(2, number(&args[3])? as u64 | (pairs.len() as u64 / 2) << 32);
        self.pack(3, pairs)?;
        self.long();
        Ok(())
    }
    /// Keys and values in the order of the keys, where all keys are constants, as OTP's loader has them: of several keys that
    /// a map lacks the first one is told.
    fn sorted_pairs(&self, pairs: &[Arg]) -> Option<Vec<Arg>> {
        let keys = pairs.chunks_exact(2).map(|pair| constant(self.tables, &pair[0]).ok().map(|key| (key, pair)));
        let mut keys = keys.collect::<Option<Vec<_>>>()?;
        keys.sort_by(|(a, _), (b, _)| compare::cmp_key(*a, *b, self.image.get()));
        Some(keys.iter().flat_map(|(_, pair)| pair.iter().cloned()).collect())
    }
    /// a: source; word 1: failure distance (low), length (high); word 2: number of operands.
    fn map_fields(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        let fields = list(&args[2]);
        self.words.begin(operation, 3 + fields.len().div_ceil(4));
        let source = self.words.source(self.tables, &args[1])?;
        self.words.a(source);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(2, fields.len() as u64);
        self.pack(3, fields)?;
        self.long();
        Ok(())
    }
    /// One instruction a key, where all keys are immediates.
    fn get_map_elements(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let source = &args[1];
        let pairs: Vec<&[Arg]> = list(&args[2]).chunks_exact(2).collect();
        let is_immediate = |arg: &Arg| {
            !matches!(arg, Arg::X(_) | Arg::Y(_)) && constant(self.tables, arg).is_ok_and(Term::is_immediate)
        };
        if !matches!(source, Arg::X(_) | Arg::Y(_)) || !pairs.iter().all(|pair| is_immediate(&pair[0])) {
            return self.map_fields(Operation::GetMapElements, args);
        }
        // What takes the place of the map itself comes last.
        let (last, first): (Vec<&[Arg]>, Vec<&[Arg]>) = pairs.into_iter().partition(|pair| pair[1] == *source);
        for pair in first.into_iter().chain(last) {
            self.words.begin(Operation::GetMapElement, 3);
            let map = self.words.source(self.tables, source)?;
            self.words.a(map);
            self.words.b(target(&pair[1])?);
            self.words.label(1, Half::Low, label(&args[0]));
            self.words.or(2, constant(self.tables, &pair[0])?.0);
            self.words.finish();
        }
        Ok(())
    }
    fn float_register_from(&mut self, operation: Operation, from: &Arg, to: u32) -> Result<(), LoadError> {
        self.words.begin(operation, 1);
        let source = self.words.source(self.tables, from)?;
        self.words.a(source);
        self.words.b(8 * to as u16);
        self.words.finish();
        Ok(())
    }
    fn float(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        self.plain(operation, float_register(&args[1])?, float_register(&args[2])?, float_register(&args[3])?);
        Ok(())
    }

    /// A guard function: an operation of its own, or a call of its native.
    fn bif(&mut self, fail: u32, live: u64, import: &Arg, arguments: &[Arg], to: &Arg) -> Result<(), LoadError> {
        let number = number(import)? as u32;
        if let Some(operation) = self.special.get(&number).copied() {
            // `+X` is `X + 0`, also where it fails.
            if let (Operation::Add, [operand]) = (operation, arguments) {
                return self.guard(operation, fail, live, &[operand.clone(), Arg::Int(0)], to);
            }
            return self.guard(operation, fail, live, arguments, to);
        }
        if let Some((test, swapped)) = self.comparisons.get(&number).copied() {
            let (l, r) = if swapped { (&arguments[1], &arguments[0]) } else { (&arguments[0], &arguments[1]) };
            return self.comparison(test, l, r, to);
        }
        let native = match self.import(import)? {
            Import::Native(native) => native,
            Import::Export(export) => self.missing_native(export)?,
        };
        let operation = [Operation::Bif0, Operation::Bif1, Operation::Bif2, Operation::Bif3][arguments.len()];
        self.words.begin(operation, if arguments.is_empty() { 2 } else { 3 });
        self.words.a(target(to)?);
        self.words.b(native as u16);
        self.words.or(1, live << 32);
        self.words.label(1, Half::Low, fail);
        self.pack(2, arguments)?;
        self.words.finish();
        Ok(())
    }
    /// A comparison whose result is a value: a test and two moves.
    fn comparison(&mut self, test: Operation, l: &Arg, r: &Arg, to: &Arg) -> Result<(), LoadError> {
        let to = target(to)?;
        self.words.begin(test, 2);
        let (l, r) = (self.words.source(self.tables, l)?, self.words.source(self.tables, r)?);
        self.words.a(l);
        self.words.b(r);
        self.words.finish();
        let length = self.words.length();
        // Behind the test: a move of three words, then a jump over the other one.
        self.words.or(1, 8 * (length as u64 + 3));
        self.value(to, atoms::TRUE);
        self.words.begin(Operation::Jump, 1);
        self.words.bc(8 * 3);
        self.words.finish();
        self.value(to, atoms::FALSE);
        Ok(())
    }
    /// Two words that put a constant into a register.
    fn value(&mut self, to: u16, value: Term) {
        let (kind, index) = split(to);
        self.words.begin(if kind == OPERAND_X { Operation::MoveCX } else { Operation::MoveCY }, 2);
        self.words.b(8 * index as u16);
        self.words.or(1, value.0);
        self.words.finish();
    }
    /// A guard function that the machine does not have always fails.
    fn missing_native(&self, _export: u32) -> Result<u32, LoadError> {
        let mfa = (atoms::ERLANG, atoms::UNDEF, 0);
        self.image.get().native(mfa).ok_or_else(|| invalid("a guard function that is not known"))
    }
    fn guard(
        &mut self,
        operation: Operation,
        fail: u32,
        live: u64,
        arguments: &[Arg],
        to: &Arg,
    ) -> Result<(), LoadError> {
        if operation == Operation::Self_ {
            self.plain(operation, usize::from(target(to)?), 0, 0);
            return Ok(());
        }
        if let Some(()) = self.add_small(operation, fail, live, arguments, to)? {
            return Ok(());
        }
        self.words.begin(operation, 2);
        let first = self.words.source(self.tables, &arguments[0])?;
        self.words.a(first);
        if let Some(second) = arguments.get(1) {
            let second = self.words.source(self.tables, second)?;
            self.words.b(second);
        }
        self.words.c(target(to)?);
        self.words.or(1, live << 32);
        self.words.label(1, Half::Low, fail);
        self.words.finish();
        Ok(())
    }
    /// Adding or subtracting a small constant.
    fn add_small(
        &mut self,
        operation: Operation,
        fail: u32,
        live: u64,
        arguments: &[Arg],
        to: &Arg,
    ) -> Result<Option<()>, LoadError> {
        let (register, value) = match (operation, arguments) {
            (Operation::Add, [r @ (Arg::X(_) | Arg::Y(_)), Arg::Int(n)]) => (r, *n),
            (Operation::Sub, [r @ (Arg::X(_) | Arg::Y(_)), Arg::Int(n)]) => (r, n.wrapping_neg()),
            _ => return Ok(None),
        };
        if value.unsigned_abs() > 1 << 40 {
            return Ok(None);
        }
        self.words.begin(Operation::AddSmall, 3);
        let source = self.words.source(self.tables, register)?;
        self.words.a(source);
        self.words.b(u16::from(operation == Operation::Sub));
        self.words.c(target(to)?);
        self.words.or(1, live << 32);
        self.words.label(1, Half::Low, fail);
        self.words.or(2, Term::small(value).0);
        self.words.finish();
        Ok(Some(()))
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

/// Whether a last call of a native drops the caller's frame first: it goes on with a call of its own, or Erlang/OTP has it
/// as a function written in Erlang, which shows in stack traces.
fn leaves_caller(native: &Native) -> bool {
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

/// The test that a comparison stands for, and whether its operands change places.
fn comparison(name: &str, arity: u32) -> Option<(Operation, bool)> {
    Some(match (name, arity) {
        ("=:=", 2) => (Operation::IsEqExact, false),
        ("=/=", 2) => (Operation::IsNeExact, false),
        ("==", 2) => (Operation::IsEq, false),
        ("/=", 2) => (Operation::IsNe, false),
        ("<", 2) => (Operation::IsLt, false),
        (">=", 2) => (Operation::IsGe, false),
        (">", 2) => (Operation::IsLt, true),
        ("=<", 2) => (Operation::IsGe, true),
        _ => return None,
    })
}

/// The operation of a guard function of `erlang`.
fn operation(name: &str, arity: u32) -> Option<Operation> {
    Some(match (name, arity) {
        ("+", 1 | 2) => Operation::Add,
        ("-", 2) => Operation::Sub,
        ("*", 2) => Operation::Mul,
        ("div", 2) => Operation::IntDiv,
        ("rem", 2) => Operation::IntRem,
        ("band", 2) => Operation::Band,
        ("bor", 2) => Operation::Bor,
        ("bxor", 2) => Operation::Bxor,
        ("bsl", 2) => Operation::Bsl,
        ("bsr", 2) => Operation::Bsr,
        ("hd", 1) => Operation::Hd,
        ("tl", 1) => Operation::Tl,
        ("element", 2) => Operation::Element,
        ("tuple_size", 1) => Operation::TupleSize,
        ("length", 1) => Operation::Length,
        ("map_get", 2) => Operation::MapGet,
        ("self", 0) => Operation::Self_,
        _ => return None,
    })
}
