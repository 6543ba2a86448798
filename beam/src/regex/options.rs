//! Options of compilation and of a match (OTP: `re`, types `compile_option` and `run` options).

/// Bits of [`CompileOptions::flags`].
pub mod flag {
    /// `caseless`, `(?i)`
    pub const CASELESS: u32 = 1;
    /// `multiline`, `(?m)`
    pub const MULTILINE: u32 = 1 << 1;
    /// `dotall`, `(?s)`
    pub const DOTALL: u32 = 1 << 2;
    /// `extended`, `(?x)`
    pub const EXTENDED: u32 = 1 << 3;
    /// `ungreedy`, `(?U)`
    pub const UNGREEDY: u32 = 1 << 4;
    /// `dupnames`, `(?J)`
    pub const DUPNAMES: u32 = 1 << 5;
    /// `anchored`
    pub const ANCHORED: u32 = 1 << 6;
    /// `dollar_endonly`
    pub const DOLLAR_ENDONLY: u32 = 1 << 7;
    /// `firstline`
    pub const FIRSTLINE: u32 = 1 << 8;
    /// `no_auto_capture`
    pub const NO_AUTO_CAPTURE: u32 = 1 << 9;
    /// `unicode`, `(*UTF)`: pattern and subject are UTF-8
    pub const UTF: u32 = 1 << 10;
    /// `ucp`, `(*UCP)`: classes by Unicode properties
    pub const UCP: u32 = 1 << 11;
    /// `never_utf`
    pub const NEVER_UTF: u32 = 1 << 12;
    /// `no_start_optimize`
    pub const NO_START_OPTIMIZE: u32 = 1 << 13;
    /// `bsr_anycrlf`: `\R` is CR, LF or CRLF only
    pub const BSR_ANYCRLF: u32 = 1 << 14;
    /// `(?X)`: has no effect beyond being accepted
    pub const EXTRA: u32 = 1 << 15;
}

/// What ends a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Newline {
    /// CR
    Cr,
    /// CR LF
    Crlf,
    /// LF
    #[default]
    Lf,
    /// CR, LF, CR LF, VT, FF, NEL, and in UTF-8 also LS and PS
    Any,
    /// CR, LF or CR LF
    AnyCrlf,
}

impl Newline {
    /// Whether CR LF counts as one newline.
    pub fn has_crlf(self) -> bool {
        matches!(self, Newline::Crlf | Newline::Any | Newline::AnyCrlf)
    }
}

/// How to compile a pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct CompileOptions {
    /// Bits of [`flag`].
    pub flags: u32,
    /// What ends a line.
    pub newline: Newline,
}

/// How to match.
#[derive(Clone, Copy, Debug)]
pub struct MatchOptions {
    /// Byte of the subject to start at.
    pub offset: usize,
    /// Only match at `offset`.
    pub anchored: bool,
    /// The start of the subject is not the start of a line.
    pub notbol: bool,
    /// The end of the subject is not the end of a line.
    pub noteol: bool,
    /// An empty match is none.
    pub notempty: bool,
    /// An empty match at `offset` is none.
    pub notempty_atstart: bool,
    /// Overrides what the pattern was compiled for.
    pub newline: Option<Newline>,
    /// Overrides whether `\R` is CR, LF or CRLF only.
    pub bsr_anycrlf: Option<bool>,
    /// Attempts to match a part of the pattern that one start position may take.
    pub match_limit: u32,
    /// Depth that these may be nested.
    pub match_limit_recursion: u32,
}

/// Both limits where none is given (PCRE's defaults).
pub const DEFAULT_MATCH_LIMIT: u32 = 10_000_000;

impl Default for MatchOptions {
    fn default() -> Self {
        MatchOptions {
            offset: 0,
            anchored: false,
            notbol: false,
            noteol: false,
            notempty: false,
            notempty_atstart: false,
            newline: None,
            bsr_anycrlf: None,
            match_limit: DEFAULT_MATCH_LIMIT,
            match_limit_recursion: DEFAULT_MATCH_LIMIT,
        }
    }
}
