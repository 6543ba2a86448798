//! Instructions for matching and constructing bitstrings.
//!
//! Common form: word 1 holds the failure distance (low) and the live registers or, for long ones, the length (high);
//! word 2 the unit (low) and the field flags (high).

use crate::bitstring::construct::Kind;
use crate::heap::MAX_HEAP_BINARY_BYTES;
use crate::instr::Operation;
use crate::load::Tables;
use crate::load::operands::{Half, Words, constant, invalid, label, list, number, target};
use crate::loader::{Arg, Instruction, LoadError, Op};

/// Number of a segment kind in an operand.
pub(crate) const KINDS: [Kind; 9] = [
    Kind::Append,
    Kind::PrivateAppend,
    Kind::Binary,
    Kind::Float,
    Kind::Integer,
    Kind::String,
    Kind::Utf8,
    Kind::Utf16,
    Kind::Utf32,
];

/// A command of `bs_match` in its instruction: the number in the low byte, see [`emit`] for the rest of the word.
pub(crate) mod command {
    pub(crate) const ENSURE_AT_LEAST: u64 = 0;
    pub(crate) const ENSURE_EXACTLY: u64 = 1;
    pub(crate) const INTEGER: u64 = 2;
    pub(crate) const BINARY: u64 = 3;
    pub(crate) const GET_TAIL: u64 = 4;
    pub(crate) const SKIP: u64 = 5;
    pub(crate) const EQUAL: u64 = 6;
}

const LITTLE: u32 = 2;
const SIGNED: u32 = 4;
const NATIVE: u32 = 16;

/// Emits an instruction of the bit syntax.
pub(super) fn emit(
    words: &mut Words,
    tables: &Tables,
    strings: &[u8],
    instruction: &Instruction,
) -> Result<(), LoadError> {
    let mut e = Emit { words, tables, strings };
    let args = &instruction.args;
    match instruction.op {
        // Fail, source, live, destination (the order of the last three differs).
        Op::BsStartMatch3 => {
            e.form(Operation::BsStartMatch, &args[0], number(&args[2])?, Some(&args[1]), Some(&args[3]), 0, 0)
        }
        Op::BsStartMatch4 => {
            e.form(Operation::BsStartMatch, &args[0], number(&args[1])?, Some(&args[2]), Some(&args[3]), 0, 0)
        }
        Op::BsGetInteger2 => e.get(Operation::BsGetInteger, args),
        Op::BsGetFloat2 => e.get(Operation::BsGetFloat, args),
        Op::BsGetBinary2 => e.get(Operation::BsGetBinary, args),
        Op::BsSkipBits2 => e.sized(Operation::BsSkipBits, &args[0], &args[1], &args[2], number(&args[3])? as u32, 0),
        Op::BsTestTail2 => {
            e.form(Operation::BsTestTail, &args[0], 0, Some(&args[1]), None, number(&args[2])? as u32, 0)
        }
        Op::BsTestUnit => e.form(Operation::BsTestUnit, &args[0], 0, Some(&args[1]), None, number(&args[2])? as u32, 0),
        Op::BsMatchString => e.match_string(args),
        Op::BsGetUtf8 => e.utf(Operation::BsGetUtf8, 8, args, Some(&args[4])),
        Op::BsGetUtf16 => e.utf(Operation::BsGetUtf, 16, args, Some(&args[4])),
        Op::BsGetUtf32 => e.utf(Operation::BsGetUtf, 32, args, Some(&args[4])),
        Op::BsSkipUtf8 => e.utf(Operation::BsSkipUtf, 8, args, None),
        Op::BsSkipUtf16 => e.utf(Operation::BsSkipUtf, 16, args, None),
        Op::BsSkipUtf32 => e.utf(Operation::BsSkipUtf, 32, args, None),
        Op::BsGetTail => {
            e.form(Operation::BsGetTail, &Arg::Nil, number(&args[2])?, Some(&args[0]), Some(&args[1]), 0, 0)
        }
        Op::BsGetPosition => e.form(Operation::BsGetPosition, &Arg::Nil, 0, Some(&args[0]), Some(&args[1]), 0, 0),
        Op::BsSetPosition => e.sized(Operation::BsSetPosition, &Arg::Nil, &args[0], &args[1], 0, 0),
        Op::BsMatch => e.bs_match(args),
        Op::BsCreateBin => e.create(args),
        // Size, unit 8 or 1, live, destination.
        Op::BsInit2 | Op::BsInitBits => {
            let unit = if instruction.op == Op::BsInit2 { 8 } else { 1 };
            e.sized_live(Operation::BsInit, args, &args[1], None, unit, &args[3], &args[5])
        }
        Op::BsAppend => {
            let unit = number(&args[4])? as u32;
            e.sized_live(Operation::BsAppend, args, &args[1], Some(&args[5]), unit, &args[3], &args[7])
        }
        Op::BsPrivateAppend => {
            let unit = number(&args[2])? as u32;
            e.sized_live(Operation::BsAppend, args, &args[1], Some(&args[3]), unit, &Arg::Nil, &args[5])
        }
        Op::BsAdd => e.add(args),
        Op::BsInitWritable => e.form(Operation::BsInitWritable, &Arg::Nil, 1, None, None, 0, 0),
        Op::BsPutInteger => e.put(Kind::Integer, args),
        Op::BsPutFloat => e.put(Kind::Float, args),
        Op::BsPutBinary => e.put(Kind::Binary, args),
        Op::BsPutString => e.put_string(args),
        Op::BsPutUtf8 => e.put_utf(Kind::Utf8, args),
        Op::BsPutUtf16 => e.put_utf(Kind::Utf16, args),
        Op::BsPutUtf32 => e.put_utf(Kind::Utf32, args),
        Op::BsUtf8Size => e.form(Operation::BsUtfSize, &Arg::Nil, 0, Some(&args[1]), Some(&args[2]), 8, 0),
        Op::BsUtf16Size => e.form(Operation::BsUtfSize, &Arg::Nil, 0, Some(&args[1]), Some(&args[2]), 16, 0),
        _ => Err(invalid("an instruction that is not known")),
    }
}

/// Most bits of an integer that is small whatever it is.
const MAX_STEP_BITS: u32 = 56;

/// A `bs_match` whose commands are instructions of their own.
#[derive(Default)]
struct Steps<'b> {
    /// Bits that there must be.
    bits: u32,
    /// No more than these.
    is_exact: bool,
    /// What is left behind them must be a multiple of it.
    unit: Option<u32>,
    /// Where each integer begins, its bits and its destination.
    integers: Vec<(u32, u32, &'b Arg)>,
    /// Bits to move on.
    distance: u32,
}

struct Emit<'a> {
    words: &'a mut Words,
    tables: &'a Tables,
    strings: &'a [u8],
}

impl Emit<'_> {
    /// a: source, b: destination, word 1: failure and live, word 2: unit and flags.
    #[allow(clippy::too_many_arguments, reason = "the fields of one instruction")]
    fn form(
        &mut self,
        operation: Operation,
        fail: &Arg,
        live: usize,
        source: Option<&Arg>,
        to: Option<&Arg>,
        unit: u32,
        flags: u32,
    ) -> Result<(), LoadError> {
        self.words.begin(operation, 3);
        if let Some(source) = source {
            let source = self.words.source(self.tables, source)?;
            self.words.a(source);
        }
        if let Some(to) = to {
            self.words.b(target(to)?);
        }
        self.words.label(1, Half::Low, label(fail));
        self.words.or(1, (live as u64) << 32);
        self.words.or(2, u64::from(unit) | u64::from(flags) << 32);
        self.words.finish();
        Ok(())
    }
    /// a: first source, b: second source, words 1 and 2 as in `form`.
    fn sized(
        &mut self,
        operation: Operation,
        fail: &Arg,
        first: &Arg,
        second: &Arg,
        unit: u32,
        flags: u32,
    ) -> Result<(), LoadError> {
        self.words.begin(operation, 3);
        let first = self.words.source(self.tables, first)?;
        let second = self.words.source(self.tables, second)?;
        self.words.a(first);
        self.words.b(second);
        self.words.label(1, Half::Low, label(fail));
        self.words.or(2, u64::from(unit) | u64::from(flags) << 32);
        self.words.finish();
        Ok(())
    }
    /// As `sized` with a destination in c and live registers.
    #[allow(clippy::too_many_arguments, reason = "the fields of one instruction")]
    fn sized_live(
        &mut self,
        operation: Operation,
        args: &[Arg],
        size: &Arg,
        bitstring: Option<&Arg>,
        unit: u32,
        live: &Arg,
        to: &Arg,
    ) -> Result<(), LoadError> {
        self.words.begin(operation, 3);
        let size = self.words.source(self.tables, size)?;
        self.words.b(size);
        if let Some(bitstring) = bitstring {
            let bitstring = self.words.source(self.tables, bitstring)?;
            self.words.a(bitstring);
        }
        self.words.c(target(to)?);
        self.words.label(1, Half::Low, label(&args[0]));
        let live = if matches!(live, Arg::Nil) { super::emit::LIVE_UNKNOWN } else { number(live)? as u64 };
        self.words.or(1, live << 32);
        self.words.or(2, u64::from(unit));
        self.words.finish();
        Ok(())
    }
    /// `bs_get_*2`: fail, context, live, size, unit, flags, destination.
    fn get(&mut self, operation: Operation, args: &[Arg]) -> Result<(), LoadError> {
        self.words.begin(operation, 3);
        let context = self.words.source(self.tables, &args[1])?;
        let size = self.words.source(self.tables, &args[3])?;
        self.words.a(context);
        self.words.b(size);
        self.words.c(target(&args[6])?);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(1, (number(&args[2])? as u64) << 32);
        self.words.or(2, number(&args[4])? as u64 | u64::from(native(number(&args[5])? as u32)) << 32);
        self.words.finish();
        Ok(())
    }
    /// `bs_get_utf*` and `bs_skip_utf*`: fail, context, live, flags, destination.
    fn utf(&mut self, operation: Operation, bits: u32, args: &[Arg], to: Option<&Arg>) -> Result<(), LoadError> {
        let flags = native(number(&args[3])? as u32);
        self.form(operation, &args[0], number(&args[2])?, Some(&args[1]), to, bits, flags)
    }
    /// a: context; word 1: failure; word 2: bits; word 3: address of the bytes.
    fn match_string(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let bits = number(&args[2])?;
        let at = self.string(number(&args[3])?, bits.div_ceil(8))?;
        self.words.begin(Operation::BsMatchString, 4);
        let context = self.words.source(self.tables, &args[1])?;
        self.words.a(context);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(2, bits as u64);
        self.words.or(3, at);
        self.words.finish();
        Ok(())
    }
    /// Address of a part of the string table of the module.
    fn string(&self, offset: usize, len: usize) -> Result<u64, LoadError> {
        if offset.checked_add(len).is_none_or(|end| end > self.strings.len()) {
            return Err(invalid("a string that is not there"));
        }
        Ok(self.tables.strings[offset..].as_ptr() as usize as u64)
    }
    fn put_string(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let len = number(&args[0])?;
        let at = self.string(number(&args[1])?, len)?;
        self.words.begin(Operation::BsPutString, 3);
        self.words.or(1, len as u64);
        self.words.or(2, at);
        self.words.finish();
        Ok(())
    }
    /// `bs_put_*`: fail, size, unit, flags, value. c: kind.
    fn put(&mut self, kind: Kind, args: &[Arg]) -> Result<(), LoadError> {
        let operation = match kind {
            Kind::Integer => Operation::BsPutInteger,
            Kind::Float => Operation::BsPutFloat,
            _ => Operation::BsPutBinary,
        };
        self.sized(operation, &args[0], &args[4], &args[1], number(&args[2])? as u32, native(number(&args[3])? as u32))
    }
    /// `bs_put_utf*`: fail, flags, value. b: number of the kind.
    fn put_utf(&mut self, kind: Kind, args: &[Arg]) -> Result<(), LoadError> {
        let flags = native(number(&args[1])? as u32);
        self.form(Operation::BsPutUtf, &args[0], 0, Some(&args[2]), None, kind_number(kind), flags)
    }
    /// `bs_add`: fail, a, b, unit, destination.
    fn add(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        self.words.begin(Operation::BsAdd, 3);
        let a = self.words.source(self.tables, &args[1])?;
        let b = self.words.source(self.tables, &args[2])?;
        self.words.a(a);
        self.words.b(b);
        self.words.c(target(&args[4])?);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(2, number(&args[3])? as u64);
        self.words.finish();
        Ok(())
    }
    /// a: context; word 1: failure, length; word 2: number of commands, live registers (high); then two words a command:
    /// kind | operand or register << 16 | unit or flags << 32, and the number.
    fn bs_match(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let commands = commands(list(&args[2]))?;
        if let Some((to, unit)) = self.single_byte(&commands) {
            self.words.begin(Operation::BsMatchByte, 2);
            let context = self.words.source(self.tables, &args[1])?;
            self.words.a(context);
            self.words.b(target(to)?);
            self.words.c(unit - 1);
            self.words.label(1, Half::Low, label(&args[0]));
            self.words.finish();
            return Ok(());
        }
        if let Some(steps) = self.steps(&commands) {
            return self.emit_steps(args, &steps);
        }
        self.words.begin(Operation::BsMatch, 3 + 2 * commands.len());
        let context = self.words.source(self.tables, &args[1])?;
        self.words.a(context);
        self.words.label(1, Half::Low, label(&args[0]));
        // Registers in use before the first command that allocates: later ones count what earlier ones have set.
        let mut live = super::emit::LIVE_UNKNOWN;
        for (i, (name, rest)) in commands.iter().enumerate() {
            let (head, value) = self.command(self.atom(name), rest, &mut live)?;
            self.words.or(3 + 2 * i, head);
            self.words.or(4 + 2 * i, value);
        }
        self.words.or(2, commands.len() as u64 | live << 32);
        let length = self.words.length() as u64;
        self.words.or(1, length << 32);
        Ok(())
    }
    /// The commands as instructions of their own: a test of the length first, then unsigned integers of fixed size and gaps.
    /// The last integer moves the context on, as its destination may be the context's own register.
    fn steps<'b>(&self, commands: &[(&Arg, &'b [Arg])]) -> Option<Steps<'b>> {
        let one = |arg: &Arg| number(arg).ok().and_then(|n| u32::try_from(n).ok());
        let [(ensure, operands), rest @ ..] = commands else { return None };
        let mut steps = match (self.atom(ensure).as_str(), *operands) {
            ("ensure_at_least", [stride, unit]) => {
                let unit = one(unit)?;
                Steps { bits: one(stride)?, unit: unit.is_power_of_two().then_some(unit), ..Steps::default() }
            }
            ("ensure_exactly", [stride]) => {
                Steps { bits: one(stride)?, is_exact: true, unit: Some(1), ..Steps::default() }
            }
            _ => return None,
        };
        steps.unit?;
        for (name, operands) in rest {
            match (self.atom(name).as_str(), *operands) {
                ("skip", [stride]) => steps.distance = steps.distance.checked_add(one(stride)?)?,
                ("integer", [_, flags, size, unit, to]) => {
                    let bits = one(size)?.checked_mul(one(unit)?)?;
                    if !(1..=MAX_STEP_BITS).contains(&bits) || self.flags(flags) & (SIGNED | LITTLE) != 0 {
                        return None;
                    }
                    steps.integers.push((steps.distance, bits, to));
                    steps.distance = steps.distance.checked_add(bits)?;
                }
                _ => return None,
            }
        }
        // The test of the length is what makes reading safe.
        (steps.distance <= steps.bits).then_some(steps)
    }
    fn emit_steps(&mut self, args: &[Arg], steps: &Steps<'_>) -> Result<(), LoadError> {
        let context = |words: &mut Words, operation, length| -> Result<(), LoadError> {
            words.begin(operation, length);
            let context = words.source(self.tables, &args[1])?;
            words.a(context);
            Ok(())
        };
        context(self.words, if steps.is_exact { Operation::BsEnsureExactly } else { Operation::BsEnsure }, 2)?;
        self.words.b(steps.unit.map_or(0, |unit| unit - 1) as u16);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(1, u64::from(steps.bits) << 32);
        self.words.finish();
        for (i, (at, bits, to)) in steps.integers.iter().enumerate() {
            let advance = if i + 1 == steps.integers.len() { steps.distance } else { 0 };
            context(self.words, Operation::BsTakeInteger, 2)?;
            self.words.b(target(to)?);
            self.words.c(*bits as u16);
            self.words.or(1, u64::from(*at) | u64::from(advance) << 32);
            self.words.finish();
        }
        if steps.integers.is_empty() && steps.distance > 0 {
            context(self.words, Operation::BsAdvance, 1)?;
            self.words.bc(steps.distance);
            self.words.finish();
        }
        Ok(())
    }
    /// Destination and unit of the rest, where the commands do nothing but take one unsigned byte.
    fn single_byte<'b>(&self, commands: &[(&Arg, &'b [Arg])]) -> Option<(&'b Arg, u16)> {
        let [(ensure, [stride, ensured_unit]), (take, [_, flags, size, unit, to])] = commands else { return None };
        let is_byte = self.atom(ensure) == "ensure_at_least" && self.atom(take) == "integer";
        let one = |arg: &Arg| number(arg).ok();
        let ensured = one(ensured_unit)?;
        let fits = one(stride) == Some(8) && matches!(ensured, 1 | 8);
        let takes = one(size)?.checked_mul(one(unit)?)? == 8 && self.flags(flags) & SIGNED == 0;
        (is_byte && fits && takes).then_some((to, ensured as u16))
    }
    fn atom(&self, arg: &Arg) -> String {
        constant(self.tables, arg)
            .map_or(String::new(), |atom| self.tables.names.get(&atom).cloned().unwrap_or_default())
    }
    fn command(&self, name: String, rest: &[Arg], live: &mut u64) -> Result<(u64, u64), LoadError> {
        Ok(match (name.as_str(), rest) {
            ("ensure_at_least", [stride, unit]) => {
                (command::ENSURE_AT_LEAST | (number(unit)? as u64) << 32, ensured(stride)?)
            }
            ("ensure_exactly", [stride]) => (command::ENSURE_EXACTLY, ensured(stride)?),
            ("integer" | "binary", [alive, flags, size, unit, to]) => {
                *live = (*live).min(number(alive)? as u64);
                let kind = if name == "integer" { command::INTEGER } else { command::BINARY };
                let bits = number(size)?.checked_mul(number(unit)?).ok_or_else(|| invalid("a segment is too large"))?;
                (kind | u64::from(target(to)?) << 16 | u64::from(self.flags(flags)) << 32, bits as u64)
            }
            ("get_tail", [alive, unit, to]) => {
                *live = (*live).min(number(alive)? as u64);
                (command::GET_TAIL | u64::from(target(to)?) << 16, number(unit)? as u64)
            }
            ("skip", [stride]) => (command::SKIP, number(stride)? as u64),
            ("=:=", [_, bits, value]) => {
                let value = match value {
                    Arg::Int(n) => *n as u64,
                    Arg::Unsigned(n) => *n,
                    Arg::Big(n) => u64::try_from(&**n).map_err(|_| invalid("a segment is too large"))?,
                    _ => return Err(invalid("a segment is compared with no integer")),
                };
                (command::EQUAL | (number(bits)? as u64) << 32, value)
            }
            _ => return Err(invalid("a command of bs_match that is not known")),
        })
    }
    /// Field flags: a number, or a literal list of names.
    fn flags(&self, arg: &Arg) -> u32 {
        if let Ok(flags) = number(arg) {
            return native(flags as u32);
        }
        let Ok(names) = constant(self.tables, arg) else { return 0 };
        names.list().fold(0, |flags, name| {
            flags
                | match name {
                    crate::atoms::LITTLE | crate::atoms::NATIVE => LITTLE,
                    crate::atoms::SIGNED => SIGNED,
                    _ => 0,
                }
        })
    }
    /// b: destination; word 1: failure, length; word 2: number of segments, live registers (high); then three words a
    /// segment: kind | flags << 8 | unit << 16 | number << 32, operands value and size, address of a string.
    fn create(&mut self, args: &[Arg]) -> Result<(), LoadError> {
        let segments = list(&args[5]);
        let count = segments.len() / 6;
        let integers = self.integers(segments)?;
        self.words.begin(integers.map_or(Operation::BsCreateBin, |(operation, _)| operation), 3 + 3 * count);
        self.words.c(integers.map_or(0, |(_, bits)| bits));
        self.words.b(target(&args[4])?);
        self.words.label(1, Half::Low, label(&args[0]));
        self.words.or(2, count as u64 | (number(&args[2])? as u64) << 32);
        for (i, segment) in segments.chunks_exact(6).enumerate() {
            let [kind, sequence, unit, flags, value, size] = segment else { continue };
            let kind = match self.atom(kind).as_str() {
                "append" => Kind::Append,
                "private_append" => Kind::PrivateAppend,
                "binary" => Kind::Binary,
                "float" => Kind::Float,
                "integer" => Kind::Integer,
                "string" => Kind::String,
                "utf8" => Kind::Utf8,
                "utf16" => Kind::Utf16,
                "utf32" => Kind::Utf32,
                _ => return Err(invalid("a segment of a kind that is not known")),
            };
            let flags = u64::from(self.flags(flags));
            let word = u64::from(kind_number(kind))
                | flags << 8
                | (number(unit)? as u64) << 16
                | (number(sequence)? as u64) << 32;
            self.words.or(3 + 3 * i, word);
            if kind == Kind::String {
                let len = number(size)?;
                let at = self.string(number(value)?, len)?;
                self.words.or(4 + 3 * i, len as u64);
                self.words.or(5 + 3 * i, at);
            } else {
                let value = self.words.source(self.tables, value)?;
                let size = self.words.source(self.tables, size)?;
                self.words.or(4 + 3 * i, u64::from(value) | u64::from(size) << 16);
                if let (Some(_), Kind::Integer) = (integers, kind) {
                    self.words.or(5 + 3 * i, integer_bits(segment).unwrap_or(0));
                }
            }
        }
        let length = self.words.length() as u64;
        self.words.or(1, length << 32);
        Ok(())
    }
}

impl Emit<'_> {
    /// The operation for integers of whole bytes and fixed size, perhaps behind a bitstring that they are appended to, and
    /// how many bits they take together.
    fn integers(&self, segments: &[Arg]) -> Result<Option<(Operation, u16)>, LoadError> {
        let mut bits = 0;
        let mut operation = Operation::BsIntegers;
        for (i, segment) in segments.chunks_exact(6).enumerate() {
            let [kind, _, unit, _, _, size] = segment else { return Ok(None) };
            match self.atom(kind).as_str() {
                "append" | "private_append" if i == 0 && number(unit)? <= 8 && self.atom(size) == "all" => {
                    operation = Operation::BsAppendIntegers;
                }
                "integer" => match integer_bits(segment) {
                    Some(size @ (8 | 16 | 24 | 32 | 40 | 48 | 56)) => bits += size,
                    _ => return Ok(None),
                },
                _ => return Ok(None),
            }
        }
        let most = if operation == Operation::BsIntegers { 8 * MAX_HEAP_BINARY_BYTES as u64 } else { 1 << 15 };
        Ok((bits > 0 && bits <= most).then_some((operation, bits as u16)))
    }
}

/// Bits of an integer segment whose size is a constant.
fn integer_bits(segment: &[Arg]) -> Option<u64> {
    let (unit, size) = (number(&segment[2]).ok()?, number(&segment[5]).ok()?);
    Some(unit.checked_mul(size)? as u64)
}

/// Splits the flat list of `bs_match` into commands: a name and its operands.
fn commands(args: &[Arg]) -> Result<Vec<(&Arg, &[Arg])>, LoadError> {
    let mut found = Vec::new();
    let mut start = 0;
    for i in 1..=args.len() {
        let ends = args.get(i).is_none_or(|arg| matches!(arg, Arg::Atom(_)));
        if ends {
            let [name, rest @ ..] = &args[start..i] else { return Err(invalid("an empty command of bs_match")) };
            found.push((name, rest));
            start = i;
        }
    }
    Ok(found)
}

fn kind_number(kind: Kind) -> u32 {
    KINDS.iter().position(|k| *k == kind).unwrap_or(0) as u32
}

/// The machine is little-endian.
fn native(flags: u32) -> u32 {
    if flags & NATIVE != 0 { flags & !NATIVE | LITTLE } else { flags }
}

/// Bits that have to be there. No bitstring has as many as the largest number.
fn ensured(arg: &Arg) -> Result<u64, LoadError> {
    match arg {
        Arg::Unsigned(bits) => Ok(*bits),
        _ => Err(invalid("a size is no number")),
    }
}
