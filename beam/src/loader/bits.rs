//! The operand lists of `bs_create_bin` and `bs_match`: little programs of their own within one instruction.
//!
//! (OTP's compiler describes them in `genop.tab`; `beam_disasm` shows them.)

use super::compact::Arg;
use super::file::BeamFile;

/// How the bits of a segment are to be read (Erlang Reference Manual, Bit Syntax Expressions).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// Least significant byte first.
    pub little: bool,
    /// Two's complement.
    pub signed: bool,
    /// The machine's own byte order: little-endian here, as everywhere that OTP is in common use.
    pub native: bool,
}

impl Flags {
    /// From the number that the older instructions hold.
    pub fn from_number(number: u64) -> Flags {
        Flags { little: number & 2 != 0, signed: number & 4 != 0, native: number & 16 != 0 }
    }
    /// From `[]` or a literal list of atoms, as the newer instructions hold.
    fn from_arg(file: &BeamFile, arg: &Arg) -> Option<Flags> {
        let mut flags = Flags::default();
        let Arg::Literal(index) = arg else { return (*arg == Arg::Nil).then_some(flags) };
        // A list in the external term format: a length of four bytes, small atoms, `[]`.
        let [131, 108, _, _, _, count, items @ ..] = file.literals.get(*index as usize)?.as_slice() else {
            return None;
        };
        let mut rest = items;
        for _ in 0..*count {
            let (name, tail) = match rest {
                [115 | 119, len, tail @ ..] | [100 | 118, 0, len, tail @ ..] => tail.split_at_checked((*len).into())?,
                _ => return None,
            };
            rest = tail;
            match name {
                b"little" => flags.little = true,
                b"big" | b"unsigned" => {}
                b"signed" => flags.signed = true,
                b"native" => flags.native = true,
                _ => return None,
            }
        }
        Some(flags)
    }
    /// Whether the least significant byte comes first, with `native` resolved.
    pub fn is_little(self) -> bool {
        self.little || self.native
    }
}

/// Kind of a segment of `bs_create_bin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentKind {
    /// An integer of `size * unit` bits.
    Integer,
    /// A float of `size * unit` bits.
    Float,
    /// The first `size * unit` bits of a bitstring, or all of it.
    Binary,
    /// The bitstring that the others are appended to; it comes first.
    Append,
    /// As `Append`, where nothing else refers to that bitstring.
    PrivateAppend,
    /// A character.
    Utf8,
    /// A character.
    Utf16,
    /// A character.
    Utf32,
    /// Constant bytes: an offset in the string table; the size counts bytes.
    String {
        /// Where they begin.
        offset: usize,
        /// How many there are.
        len: usize,
    },
}

/// Size of a segment, before it is multiplied with the unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SegmentSize<'a> {
    /// All of the bitstring.
    All,
    /// The kind has no size: characters and strings.
    Implied,
    /// A register or an integer.
    Value(&'a Arg),
}

/// A segment of `bs_create_bin`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Segment<'a> {
    /// Kind.
    pub kind: SegmentKind,
    /// Position in the source, counted from 1: error messages name it.
    pub number: u64,
    /// 1 to 256; for `All`, the number of bits must be a multiple of it; 0 where the kind has no unit.
    pub unit: u64,
    /// Flags.
    pub flags: Flags,
    /// What is written; for `String`, nothing of use.
    pub value: &'a Arg,
    /// Size.
    pub size: SegmentSize<'a>,
}

/// A command of `bs_match`. Sizes are in bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MatchCommand<'a> {
    /// Fails if fewer bits than these are left, or if what is left over is no multiple of the unit.
    EnsureAtLeast {
        /// Bits.
        size: u64,
        /// Unit.
        unit: u64,
    },
    /// Fails unless exactly these bits are left.
    EnsureExactly {
        /// Bits.
        size: u64,
    },
    /// Takes a bitstring. The commands before have made sure that there are enough bits, as for all that follow.
    Binary {
        /// Number of X registers that are live.
        live: u64,
        /// Bits.
        size: u64,
        /// Where it goes.
        target: &'a Arg,
    },
    /// Takes an integer.
    Integer {
        /// Number of X registers that are live.
        live: u64,
        /// Flags.
        flags: Flags,
        /// Bits.
        size: u64,
        /// Where it goes.
        target: &'a Arg,
    },
    /// Skips bits.
    Skip {
        /// Bits.
        size: u64,
    },
    /// Takes all that is left.
    GetTail {
        /// Number of X registers that are live.
        live: u64,
        /// Where it goes.
        target: &'a Arg,
    },
    /// Fails unless the next bits, as an unsigned big-endian integer, are this value.
    Equal {
        /// Bits, at most 64.
        size: u64,
        /// Value.
        value: u64,
    },
}

/// Most bits of a size within an instruction: what a small integer of OTP holds leaves no room for overflow.
const MAX_SIZE: u64 = 1 << 40;

/// The segments of the list of a `bs_create_bin`; nothing if the list is not well-formed.
pub fn segments<'a>(file: &BeamFile, list: &'a [Arg]) -> Option<Vec<Segment<'a>>> {
    let (rows, rest) = list.as_chunks::<6>();
    if !rest.is_empty() || rows.is_empty() {
        return None;
    }
    rows.iter().enumerate().map(|(at, row)| segment(file, row, at == 0)).collect()
}

fn segment<'a>(file: &BeamFile, row: &'a [Arg; 6], first: bool) -> Option<Segment<'a>> {
    let [kind, number, unit, flags, value, size] = row;
    let (Arg::Unsigned(number), Arg::Unsigned(unit @ 0..=256)) = (number, unit) else { return None };
    let sized = match size {
        Arg::Atom(_) if name(file, size)? == "all" => SegmentSize::All,
        Arg::X(_) | Arg::Y(_) | Arg::Int(_) | Arg::Big(_) | Arg::Literal(_) | Arg::Atom(_) | Arg::Nil => {
            SegmentSize::Value(size)
        }
        _ => return None,
    };
    let (kind, size) = match name(file, kind)? {
        "integer" => (SegmentKind::Integer, sized),
        "float" => (SegmentKind::Float, sized),
        "binary" => (SegmentKind::Binary, sized),
        "append" if first => (SegmentKind::Append, sized),
        "private_append" if first => (SegmentKind::PrivateAppend, sized),
        "utf8" => (SegmentKind::Utf8, SegmentSize::Implied),
        "utf16" => (SegmentKind::Utf16, SegmentSize::Implied),
        "utf32" => (SegmentKind::Utf32, SegmentSize::Implied),
        "string" => {
            let (Arg::Unsigned(offset), Arg::Int(len)) = (value, size) else { return None };
            let (offset, len) = (usize::try_from(*offset).ok()?, usize::try_from(*len).ok()?);
            file.strings.get(offset..offset.checked_add(len)?)?;
            (SegmentKind::String { offset, len }, SegmentSize::Implied)
        }
        _ => return None,
    };
    let whole = matches!(kind, SegmentKind::Binary | SegmentKind::Append | SegmentKind::PrivateAppend);
    if size == SegmentSize::All && !whole || size != SegmentSize::Implied && *unit == 0 {
        return None;
    }
    Some(Segment { kind, number: *number, unit: *unit, flags: Flags::from_arg(file, flags)?, value, size })
}

/// The commands of the list of a `bs_match`; nothing if the list is not well-formed, or if a command takes bits that the
/// commands before it have not made sure of.
pub fn commands<'a>(file: &BeamFile, list: &'a [Arg]) -> Option<Vec<MatchCommand<'a>>> {
    let mut commands = Vec::with_capacity(list.len() / 2);
    let mut ensured = 0u64;
    let mut rest = list;
    while let [first, tail @ ..] = rest {
        let (command, used, taken) = command(file, name(file, first)?, tail)?;
        match command {
            MatchCommand::EnsureAtLeast { size, .. } | MatchCommand::EnsureExactly { size } => ensured = size,
            MatchCommand::GetTail { .. } => ensured = 0,
            _ => ensured = ensured.checked_sub(taken)?,
        }
        commands.push(command);
        rest = tail.get(used..)?;
    }
    (!commands.is_empty()).then_some(commands)
}

/// A command, the number of its operands, and the number of bits it takes.
fn command<'a>(file: &BeamFile, name: &str, args: &'a [Arg]) -> Option<(MatchCommand<'a>, usize, u64)> {
    let number = |at: usize| match args.get(at) {
        Some(Arg::Unsigned(n)) if *n <= MAX_SIZE => Some(*n),
        _ => None,
    };
    // More bits than anything has: such code runs, and never matches.
    let ensured = |at: usize| match args.get(at) {
        Some(Arg::Unsigned(n)) => Some((*n).min(MAX_SIZE)),
        _ => None,
    };
    let unit = |at: usize| number(at).filter(|unit| (1..=256).contains(unit));
    let target = |at: usize| args.get(at).filter(|arg| matches!(arg, Arg::X(_) | Arg::Y(_)));
    let bits = |size: usize| number(size)?.checked_mul(unit(size + 1)?).filter(|bits| *bits <= MAX_SIZE);
    Some(match name {
        "ensure_at_least" => (MatchCommand::EnsureAtLeast { size: ensured(0)?, unit: unit(1)? }, 2, 0),
        "ensure_exactly" => (MatchCommand::EnsureExactly { size: ensured(0)? }, 1, 0),
        "skip" => (MatchCommand::Skip { size: number(0)? }, 1, number(0)?),
        "binary" => (MatchCommand::Binary { live: number(0)?, size: bits(2)?, target: target(4)? }, 5, bits(2)?),
        "integer" => {
            let flags = Flags::from_arg(file, args.get(1)?)?;
            (MatchCommand::Integer { live: number(0)?, flags, size: bits(2)?, target: target(4)? }, 5, bits(2)?)
        }
        "get_tail" => (MatchCommand::GetTail { live: number(0)?, target: target(2)? }, 3, 0),
        "=:=" => {
            let (size, Some(Arg::Unsigned(value))) = (number(1)?, args.get(2)) else { return None };
            if size > 64 {
                return None;
            }
            (MatchCommand::Equal { size, value: *value }, 3, size)
        }
        _ => return None,
    })
}

fn name<'a>(file: &'a BeamFile, arg: &Arg) -> Option<&'a str> {
    match arg {
        Arg::Atom(index) => file.atoms.get(*index as usize).map(String::as_str),
        _ => None,
    }
}
