//! What a call gives: a value or a failure, decoded or not.

use shared::term::Atom;
use shared::{Etf, Pid, Ref, Term};

use crate::kernel::Raise;

/// Outcome of a call.
pub type Answer = Result<Value, Failure>;

/// The value of a call.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A term.
    Term(Term),
    /// A term that was never decoded.
    Etf(Etf),
}

impl Value {
    /// Adds its external term format to some bytes.
    pub fn encode_onto(&self, out: &mut Vec<u8>) {
        match self {
            Value::Term(term) => term.encode_onto(out),
            Value::Etf(etf) => out.extend_from_slice(etf.bytes()),
        }
    }
}

impl From<Term> for Value {
    fn from(term: Term) -> Value {
        Value::Term(term)
    }
}

impl From<Etf> for Value {
    fn from(etf: Etf) -> Value {
        Value::Etf(etf)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Value {
        Value::Term(Term::bool(value))
    }
}

impl From<Pid> for Value {
    fn from(pid: Pid) -> Value {
        Value::Term(Term::pid(pid))
    }
}

impl From<Ref> for Value {
    fn from(reference: Ref) -> Value {
        Value::Term(Term::reference(reference))
    }
}

impl From<Atom> for Value {
    fn from(atom: Atom) -> Value {
        Value::Term(atom.into())
    }
}

/// The atom of a name as the value of a call.
pub(super) fn atom(name: &str) -> Answer {
    Ok(Value::Term(Term::atom(name)))
}

/// Why a call has no value.
#[derive(Clone, Debug, PartialEq)]
pub enum Failure {
    /// An error of the kernel's.
    Raise(Raise),
    /// Any other reason.
    Reason(Term),
}

impl Failure {
    /// The error `badarg`.
    pub const fn badarg() -> Failure {
        Failure::Raise(Raise::Badarg)
    }
    /// An error whose reason is an atom.
    pub fn reason(name: &str) -> Failure {
        Failure::Reason(Term::atom(name))
    }
    /// The external term format of the reason, with its cause where there is one.
    pub fn encode(self) -> Vec<u8> {
        match self {
            Failure::Reason(reason) => reason.encode(),
            Failure::Raise(raise) => match raise.cause() {
                None => Term::atom(raise.reason()).encode(),
                Some(cause) => Term::tuple(["error", raise.reason(), cause].map(Term::atom)).encode(),
            },
        }
    }
}

impl From<Raise> for Failure {
    fn from(raise: Raise) -> Failure {
        Failure::Raise(raise)
    }
}
