//! Table: what can be wrong with a pattern. The texts are part of `re`'s interface: programs print and match them.

/// A pattern that does not compile.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileError {
    /// What is wrong.
    pub kind: ErrorKind,
    /// Byte of the pattern at which it was noticed.
    pub offset: usize,
}

macro_rules! errors {
    ($($name:ident $text:literal),* $(,)?) => {
        /// What is wrong with a pattern.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum ErrorKind {
            $(#[doc = $text] $name),*
        }
        impl ErrorKind {
            /// The text that `re:compile/2` gives for it.
            pub fn text(self) -> &'static str {
                match self { $(ErrorKind::$name => $text),* }
            }
        }
    };
}

errors! {
    BackslashAtEnd "\\ at end of pattern",
    ControlAtEnd "\\c at end of pattern",
    CountsOutOfOrder "numbers out of order in {} quantifier",
    CountTooBig "number too big in {} quantifier",
    ClassNotClosed "missing terminating ] for character class",
    RangeOutOfOrder "range out of order in character class",
    NothingToRepeat "nothing to repeat",
    UnknownAfterQuery "unrecognized character after (? or (?-",
    PosixOutsideClass "POSIX named classes are supported only within a class",
    MissingParenthesis "missing )",
    UnknownReference "reference to non-existent subpattern",
    CommentNotClosed "missing ) after comment",
    TooLarge "regular expression is too large",
    UnmatchedParenthesis "unmatched parentheses",
    UnknownAfterLess "unrecognized character after (?<",
    LookbehindNotFixed "lookbehind assertion is not fixed length",
    MalformedCondition "malformed number or name after (?(",
    TooManyBranches "conditional group contains more than two branches",
    AssertionExpected "assertion expected after (?( or (?(?C)",
    RecursionNotClosed "(?R or (?[+-]digits must be followed by )",
    UnknownPosixClass "unknown POSIX class name",
    CollatingElement "POSIX collating elements are not supported",
    CharacterTooLarge "character value in \\x{} or \\o{} is too large",
    ConditionZero "invalid condition (?(0)",
    ByteInLookbehind "\\C not allowed in lookbehind assertion",
    UnsupportedEscape "PCRE does not support \\L, \\l, \\N{name}, \\U, or \\u",
    CalloutTooBig "number after (?C is > 255",
    CalloutNotClosed "closing ) for (?C expected",
    EndlessRecursion "recursive call could loop indefinitely",
    UnknownAfterP "unrecognized character after (?P",
    NameNotClosed "syntax error in subpattern name (missing terminator)",
    DuplicateName "two named subpatterns have the same name",
    InvalidUtf8 "invalid UTF-8 string",
    MalformedProperty "malformed \\P or \\p sequence",
    UnknownProperty "unknown property name after \\P or \\p",
    NameTooLong "subpattern name is too long (maximum 32 characters)",
    TooManyNames "too many named subpatterns (maximum 10000)",
    OctalTooLarge "octal value is greater than \\377 in 8-bit non-UTF-8 mode",
    InconsistentNewline "inconsistent NEWLINE options",
    DefineBranches "DEFINE group contains more than one branch",
    MalformedReference "\\g is not followed by a braced, angle-bracketed, or quoted name/number or by a plain number",
    ReferenceZero "a numbered reference must not be zero",
    VerbArgument "an argument is not allowed for (*ACCEPT), (*FAIL), or (*COMMIT)",
    UnknownVerb "(*VERB) not recognized or malformed",
    NumberTooBig "number is too big",
    NameExpected "subpattern name expected",
    DigitExpected "digit expected after (?+",
    NamesOfOneNumber "different names for subpatterns of the same number are not allowed",
    MarkWithoutName "(*MARK) must have an argument",
    ControlNotAscii "\\c must be followed by an ASCII character",
    MalformedNamedReference "\\k is not followed by a braced, angle-bracketed, or quoted name",
    NotNewlineInClass "\\N is not supported in a class",
    Surrogate "disallowed Unicode code point (>= 0xd800 && <= 0xdfff)",
    MarkNameTooLong "name is too long in (*MARK), (*PRUNE), (*SKIP), or (*THEN)",
    UtfForbidden "setting UTF is disabled by the application",
    NotHex "non-hex character in \\x{} (closing brace missing?)",
    NotOctal "non-octal character in \\o{} (closing brace missing?)",
    OctalWithoutBrace "missing opening brace after \\o",
    InvalidRange "invalid range in character class",
    NameStartsWithDigit "group name must start with a non-digit",
    DigitsMissing "digits missing in \\x{} or \\o{}",
    TooComplicated "regular expression is too complicated",
}
