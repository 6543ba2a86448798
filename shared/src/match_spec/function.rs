//! The functions of guards and bodies.

/// A function that a match specification may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Function {
    And,
    Or,
    AndAlso,
    OrElse,
    Not,
    Xor,
    IsAtom,
    IsFloat,
    IsInteger,
    IsList,
    IsNumber,
    IsPid,
    IsPort,
    IsReference,
    IsTuple,
    IsMap,
    IsMapKey,
    IsBinary,
    IsBitstring,
    IsBoolean,
    IsFun,
    IsFunArity,
    IsRecord,
    Abs,
    Element,
    Hd,
    Tl,
    Length,
    MapGet,
    MapSize,
    Node,
    NodeOf,
    SelfPid,
    Float,
    Round,
    Trunc,
    Ceil,
    Floor,
    Size,
    BitSize,
    ByteSize,
    TupleSize,
    BinaryPart,
    Max,
    Min,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    Equal,
    NotEqual,
    ExactlyEqual,
    ExactlyNotEqual,
    Plus,
    Minus,
    Times,
    Divide,
    Div,
    Rem,
    Band,
    Bor,
    Bxor,
    Bnot,
    Bsl,
    Bsr,
}

impl Function {
    /// The function of that name and number of arguments.
    pub(crate) fn find(name: &str, arity: usize) -> Option<Self> {
        Some(match (name, arity) {
            ("and", 1..) => Self::And,
            ("or", 1..) => Self::Or,
            ("andalso", 1..) => Self::AndAlso,
            ("orelse", 1..) => Self::OrElse,
            ("not", 1) => Self::Not,
            ("xor", 2) => Self::Xor,
            ("is_atom", 1) => Self::IsAtom,
            ("is_float", 1) => Self::IsFloat,
            ("is_integer", 1) => Self::IsInteger,
            ("is_list", 1) => Self::IsList,
            ("is_number", 1) => Self::IsNumber,
            ("is_pid", 1) => Self::IsPid,
            ("is_port", 1) => Self::IsPort,
            ("is_reference", 1) => Self::IsReference,
            ("is_tuple", 1) => Self::IsTuple,
            ("is_map", 1) => Self::IsMap,
            ("is_map_key", 2) => Self::IsMapKey,
            ("is_binary", 1) => Self::IsBinary,
            ("is_bitstring", 1) => Self::IsBitstring,
            ("is_boolean", 1) => Self::IsBoolean,
            ("is_function", 1) => Self::IsFun,
            ("is_function", 2) => Self::IsFunArity,
            ("is_record", 3) => Self::IsRecord,
            ("abs", 1) => Self::Abs,
            ("element", 2) => Self::Element,
            ("hd", 1) => Self::Hd,
            ("tl", 1) => Self::Tl,
            ("length", 1) => Self::Length,
            ("map_get", 2) => Self::MapGet,
            ("map_size", 1) => Self::MapSize,
            ("node", 0) => Self::Node,
            ("node", 1) => Self::NodeOf,
            ("self", 0) => Self::SelfPid,
            ("float", 1) => Self::Float,
            ("round", 1) => Self::Round,
            ("trunc", 1) => Self::Trunc,
            ("ceil", 1) => Self::Ceil,
            ("floor", 1) => Self::Floor,
            ("size", 1) => Self::Size,
            ("bit_size", 1) => Self::BitSize,
            ("byte_size", 1) => Self::ByteSize,
            ("tuple_size", 1) => Self::TupleSize,
            ("binary_part", 2 | 3) => Self::BinaryPart,
            ("max", 2) => Self::Max,
            ("min", 2) => Self::Min,
            ("<", 2) => Self::Less,
            ("=<", 2) => Self::LessOrEqual,
            (">", 2) => Self::Greater,
            (">=", 2) => Self::GreaterOrEqual,
            ("==", 2) => Self::Equal,
            ("/=", 2) => Self::NotEqual,
            ("=:=", 2) => Self::ExactlyEqual,
            ("=/=", 2) => Self::ExactlyNotEqual,
            ("+", 1 | 2) => Self::Plus,
            ("-", 1 | 2) => Self::Minus,
            ("*", 2) => Self::Times,
            ("/", 2) => Self::Divide,
            ("div", 2) => Self::Div,
            ("rem", 2) => Self::Rem,
            ("band", 2) => Self::Band,
            ("bor", 2) => Self::Bor,
            ("bxor", 2) => Self::Bxor,
            ("bnot", 1) => Self::Bnot,
            ("bsl", 2) => Self::Bsl,
            ("bsr", 2) => Self::Bsr,
            _ => return None,
        })
    }
}

/// Whether a function exists only where functions are traced.
pub(crate) fn is_of_tracing(name: &str) -> bool {
    matches!(
        name,
        "message"
            | "process_dump"
            | "enable_trace"
            | "disable_trace"
            | "trace"
            | "return_trace"
            | "exception_trace"
            | "display"
            | "caller"
            | "caller_line"
            | "current_stacktrace"
            | "set_tcw"
            | "silent"
            | "set_seq_token"
            | "get_seq_token"
            | "get_tcw"
            | "is_seq_trace"
    )
}
