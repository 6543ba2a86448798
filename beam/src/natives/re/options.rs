//! Options of `re:compile/2` and `re:run/3`.

use crate::atoms;
use crate::regex::options::DEFAULT_MATCH_LIMIT;
use crate::regex::{CompileOptions, MatchOptions, Newline, flag};
use crate::term::Term;
use crate::vm::Vm;

/// Both kinds of options; PCRE numbers newlines so that more than one are combined bit by bit, and so do we.
#[derive(Default)]
pub(super) struct Options {
    flags: u32,
    newline: u8,
    bsr_anycrlf: bool,
    bsr_unicode: bool,
    anchored: bool,
    notbol: bool,
    noteol: bool,
    notempty: bool,
    notempty_atstart: bool,
    match_limit: Option<u32>,
    match_limit_recursion: Option<u32>,
    pub(super) offset: usize,
    /// What to capture, and as what; NONE where nothing is said.
    pub(super) capture: Option<(Term, Term)>,
    pub(super) is_unicode: bool,
    pub(super) is_global: bool,
    pub(super) reports_errors: bool,
    /// Has an option that only compilation knows.
    pub(super) is_for_compilation: bool,
    /// Has an option that only a match knows.
    pub(super) is_for_run: bool,
}

impl Options {
    /// Reads a list of options; nothing where one is not known.
    pub(super) fn parse(vm: &Vm, list: Term) -> Option<Options> {
        let mut options = Options::default();
        let mut items = list.list();
        for item in items.by_ref() {
            if item.is_atom() {
                options.word(vm.atom_name(item))?;
            } else {
                options.pair(vm, item)?;
            }
        }
        items.tail().is_nil().then_some(options)
    }

    fn word(&mut self, name: &str) -> Option<()> {
        let for_compilation = match name {
            "caseless" => flag::CASELESS,
            "multiline" => flag::MULTILINE,
            "dotall" => flag::DOTALL,
            "extended" => flag::EXTENDED,
            "ungreedy" => flag::UNGREEDY,
            "dupnames" => flag::DUPNAMES,
            "dollar_endonly" => flag::DOLLAR_ENDONLY,
            "firstline" => flag::FIRSTLINE,
            "no_auto_capture" => flag::NO_AUTO_CAPTURE,
            "unicode" => flag::UTF,
            "ucp" => flag::UCP,
            "never_utf" => flag::NEVER_UTF,
            "no_start_optimize" => flag::NO_START_OPTIMIZE,
            _ => 0,
        };
        if for_compilation != 0 {
            self.flags |= for_compilation;
            self.is_unicode |= for_compilation == flag::UTF;
            self.is_for_compilation = true;
            return Some(());
        }
        let for_run = match name {
            "notbol" => &mut self.notbol,
            "noteol" => &mut self.noteol,
            "notempty" => &mut self.notempty,
            "notempty_atstart" => &mut self.notempty_atstart,
            "global" => &mut self.is_global,
            "report_errors" => &mut self.reports_errors,
            // These are known to both.
            "anchored" => {
                self.anchored = true;
                return Some(());
            }
            "bsr_anycrlf" => {
                self.bsr_anycrlf = true;
                return Some(());
            }
            "bsr_unicode" => {
                self.bsr_unicode = true;
                return Some(());
            }
            _ => return None,
        };
        *for_run = true;
        self.is_for_run = true;
        Some(())
    }

    fn pair(&mut self, vm: &Vm, item: Term) -> Option<()> {
        let (name, value) = match item.tuple()? {
            [name, values, kind] if vm.atom_name(*name) == "capture" => {
                self.capture = Some((*values, *kind));
                self.is_for_run = true;
                return Some(());
            }
            [name, value] if name.is_atom() => (*name, *value),
            _ => return None,
        };
        let number = || value.small_value().and_then(|n| i32::try_from(n).ok()).and_then(|n| u32::try_from(n).ok());
        match vm.atom_name(name) {
            "newline" => {
                self.newline |= match vm.atom_name(value) {
                    "cr" => 1,
                    "lf" => 2,
                    "crlf" => 3,
                    "any" => 4,
                    "anycrlf" => 5,
                    _ => return None,
                };
                return Some(());
            }
            "capture" => self.capture = Some((value, atoms::INDEX)),
            "offset" => self.offset = number()? as usize,
            "match_limit" => self.match_limit = Some(number()?),
            "match_limit_recursion" => self.match_limit_recursion = Some(number()?),
            _ => return None,
        }
        self.is_for_run = true;
        Some(())
    }

    /// Whether a match must give characters, not bytes, in lists: that is left to Erlang code.
    pub(super) fn wants_characters(&self) -> bool {
        !self.is_global && self.capture.is_some_and(|(_, kind)| kind == atoms::LIST)
    }

    /// What ends a line, if that is said; nothing where more than one are said that do not go together.
    fn newline(&self) -> Option<Option<Newline>> {
        Some(match self.newline {
            0 => None,
            1 => Some(Newline::Cr),
            2 => Some(Newline::Lf),
            3 => Some(Newline::Crlf),
            4 => Some(Newline::Any),
            5 => Some(Newline::AnyCrlf),
            _ => return None,
        })
    }

    /// Options of compilation; nothing where they do not go together.
    pub(super) fn for_compilation(&self) -> Option<CompileOptions> {
        if self.bsr_anycrlf && self.bsr_unicode {
            return None;
        }
        let mut flags = self.flags;
        flags |= if self.anchored { flag::ANCHORED } else { 0 };
        flags |= if self.bsr_anycrlf { flag::BSR_ANYCRLF } else { 0 };
        Some(CompileOptions { flags, newline: self.newline()?.unwrap_or_default() })
    }

    /// Options of a match; nothing where they do not go together.
    pub(super) fn for_match(&self) -> Option<MatchOptions> {
        let bsr_anycrlf = match (self.bsr_anycrlf, self.bsr_unicode) {
            (true, true) => return None,
            (false, false) => None,
            (anycrlf, _) => Some(anycrlf),
        };
        Some(MatchOptions {
            offset: self.offset,
            anchored: self.anchored,
            notbol: self.notbol,
            noteol: self.noteol,
            notempty: self.notempty,
            notempty_atstart: self.notempty_atstart,
            newline: self.newline()?,
            bsr_anycrlf,
            match_limit: self.match_limit.unwrap_or(DEFAULT_MATCH_LIMIT),
            match_limit_recursion: self.match_limit_recursion.unwrap_or(DEFAULT_MATCH_LIMIT),
        })
    }
}
