//! What specifications for traces can do beyond those for tables.

use crate::{Pid, Term};

/// A function that only specifications for traces may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// `{message, Term}`
    Message,
    /// `{return_trace}`
    ReturnTrace,
    /// `{exception_trace}`
    ExceptionTrace,
    /// `{caller}`
    Caller,
    /// `{silent, Boolean}`
    Silent,
    /// `{enable_trace, Flag}` and `{enable_trace, Pid, Flag}`
    EnableTrace,
    /// `{disable_trace, Flag}` and `{disable_trace, Pid, Flag}`
    DisableTrace,
    /// `{trace, Disabled, Enabled}` and `{trace, Pid, Disabled, Enabled}`
    Trace,
    /// `{set_seq_token, Item, Value}`
    SetToken,
    /// `{set_tcw, Integer}`
    SetControlWord,
    /// `{get_tcw}`
    GetControlWord,
    /// `{is_seq_trace}`
    IsSequential,
    /// `{get_seq_token}`
    GetToken,
    /// `{display, Term}`
    Display,
}

/// The call that is traced.
#[derive(Clone, Debug)]
pub struct Call {
    /// The process that calls.
    pub pid: Pid,
    /// The function that called: `{Module, Function, Arity}` or `undefined`.
    pub caller: Term,
    /// The trace control word.
    pub control_word: u32,
}

/// What a specification has done because of a call.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Effects {
    /// What is told besides the call; `false` for nothing at all, `true` or none for the call alone.
    pub message: Option<Term>,
    /// Whether its return is told.
    pub is_return_told: bool,
    /// Whether its end by an exception is told.
    pub is_exception_told: bool,
    /// Whether calls are to be told no more, or again.
    pub silent: Option<bool>,
    /// Flags to be set (true) or cleared, for the process itself or for another one.
    pub flags: Vec<(bool, Option<Pid>, String)>,
    /// A new trace control word.
    pub control_word: Option<u32>,
}

impl Effects {
    /// What is told of the end of the call, as `erlang:match_spec_test/3` names it.
    pub(super) fn names(&self) -> impl Iterator<Item = &'static str> {
        match (self.is_exception_told, self.is_return_told) {
            (true, _) => Some("exception_trace"),
            (false, true) => Some("return_trace"),
            (false, false) => None,
        }
        .into_iter()
    }
}

impl Action {
    /// The function of that name and number of arguments.
    pub(super) fn find(name: &str, arity: usize) -> Option<Self> {
        Some(match (name, arity) {
            ("message", 1) => Self::Message,
            ("return_trace", 0) => Self::ReturnTrace,
            ("exception_trace", 0) => Self::ExceptionTrace,
            ("caller", 0) => Self::Caller,
            ("silent", 1) => Self::Silent,
            ("enable_trace", 1 | 2) => Self::EnableTrace,
            ("disable_trace", 1 | 2) => Self::DisableTrace,
            ("trace", 2 | 3) => Self::Trace,
            ("set_seq_token", 2) => Self::SetToken,
            ("set_tcw", 1) => Self::SetControlWord,
            ("get_tcw", 0) => Self::GetControlWord,
            ("is_seq_trace", 0) => Self::IsSequential,
            ("get_seq_token", 0) => Self::GetToken,
            ("display", 1) => Self::Display,
            _ => return None,
        })
    }

    /// Whether it changes nothing.
    pub(super) fn is_allowed_in_guard(self) -> bool {
        matches!(self, Self::GetControlWord | Self::IsSequential | Self::GetToken)
    }

    /// Does it; gives its value, or nothing where it fails.
    pub(super) fn perform(self, args: &[Term], call: &Call, effects: &mut Effects) -> Option<Term> {
        let done = Some(Term::bool(true));
        match (self, args) {
            (Self::Message, [message]) => effects.message = Some(message.clone()),
            (Self::ReturnTrace, _) => effects.is_return_told = true,
            (Self::ExceptionTrace, _) => (effects.is_return_told, effects.is_exception_told) = (true, true),
            (Self::Caller, _) => return Some(call.caller.clone()),
            (Self::Silent, [value]) if value.is_atom("true") || value.is_atom("false") => {
                effects.silent = Some(value.is_atom("true"));
            }
            (Self::Silent, _) => {}
            (Self::EnableTrace | Self::DisableTrace, [.., flag]) => {
                let pid = match args {
                    [pid, _] => Some(pid.as_local_pid()?),
                    _ => None,
                };
                let name = flag.as_atom()?;
                effects.flags.push((self == Self::EnableTrace, pid, name.to_owned()));
            }
            (Self::Trace, [.., disabled, enabled]) => {
                let pid = match args {
                    [pid, _, _] => Some(pid.as_local_pid()?),
                    _ => None,
                };
                for (on, flags) in [(false, disabled), (true, enabled)] {
                    for flag in flags.as_list()? {
                        effects.flags.push((on, pid, flag.as_atom()?.to_owned()));
                    }
                }
            }
            // There is no sequential tracing: this says what holds, as in a test.
            (Self::SetToken, [item, _]) => {
                return match item.as_atom()? {
                    "label" | "serial" => Some(Term::Nil),
                    "send"
                    | "receive"
                    | "print"
                    | "timestamp"
                    | "monotonic_timestamp"
                    | "strict_monotonic_timestamp" => Some(Term::tuple([item.clone(), Term::bool(false)])),
                    _ => Some(Term::atom("EXIT")),
                };
            }
            (Self::SetControlWord, [value]) => {
                effects.control_word = Some(u32::try_from(value.as_int()?).ok()?);
            }
            (Self::GetControlWord, _) => return Some(Term::Int(call.control_word.into())),
            (Self::IsSequential, _) => return Some(Term::bool(false)),
            (Self::GetToken, _) => return Some(Term::Nil),
            // Nobody looks at what OTP would print on the terminal of its node.
            (Self::Display, _) => {}
            _ => return None,
        }
        done
    }
}
