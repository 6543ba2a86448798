//! Making terms and looking into them.

use std::sync::Arc;

use num_bigint::BigInt;
use num_traits::ToPrimitive;

use super::{Atom, Bits, LOCAL_NODE, List, Map, PidTerm, ReferenceTerm, Term, Terms};
use crate::ids::{Pid, Ref};

impl Term {
    /// The integer, in the smaller form when it fits.
    pub fn integer(value: BigInt) -> Self {
        match value.to_i64() {
            Some(small) => Self::Int(small),
            None => Self::BigInt(Arc::new(value)),
        }
    }

    /// The float, or `None` when it is infinite or not a number: Erlang has no such values.
    pub fn float(value: f64) -> Option<Self> {
        value.is_finite().then_some(Self::Float(value))
    }

    /// The atom with this text.
    pub fn atom(text: &str) -> Self {
        Self::Atom(Atom::new(text))
    }

    /// `true` or `false`.
    pub fn bool(value: bool) -> Self {
        Self::atom(if value { "true" } else { "false" })
    }

    /// The tuple of these elements.
    pub fn tuple(elements: impl Into<Terms>) -> Self {
        Self::Tuple(elements.into())
    }

    /// The proper list of these elements.
    pub fn list(elements: impl IntoIterator<Item = Term>) -> Self {
        List::term(elements.into_iter().collect(), Self::Nil)
    }

    /// The map of these pairs; of equal keys, the last one counts.
    pub fn map(pairs: impl IntoIterator<Item = (Term, Term)>) -> Self {
        Self::Map(Map::new(pairs.into_iter().collect()))
    }

    /// The binary with these bytes.
    pub fn binary(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self::Bits(Bits::binary(bytes))
    }

    /// The list of the characters of a text.
    pub fn string(text: &str) -> Self {
        Self::list(text.chars().map(|c| Self::Int(i64::from(u32::from(c)))))
    }

    /// The term for a process of the sandbox.
    pub fn pid(pid: Pid) -> Self {
        Self::Pid(PidTerm { node: Atom::local_node(), id: pid.id(), serial: pid.serial(), creation: 0 })
    }

    /// The term for a reference of the sandbox.
    pub fn reference(reference: Ref) -> Self {
        let words = Arc::new(reference.words());
        Self::Ref(ReferenceTerm { node: Atom::local_node(), creation: 0, words })
    }

    /// The process, when this is a pid of the sandbox itself; those of another incarnation of its node are not.
    pub fn as_local_pid(&self) -> Option<Pid> {
        match self {
            Self::Pid(pid) if pid.node == LOCAL_NODE && pid.creation == 0 => Some(Pid::from_parts(pid.id, pid.serial)),
            _ => None,
        }
    }

    /// The reference, when this is one that a counter of the sandbox made.
    pub fn as_local_ref(&self) -> Option<Ref> {
        match self {
            Self::Ref(reference) if reference.node == LOCAL_NODE && reference.creation == 0 => {
                Ref::from_words(<[u32; 3]>::try_from(&*reference.words).ok()?)
            }
            _ => None,
        }
    }

    /// The text, when this is an atom.
    pub fn as_atom(&self) -> Option<&str> {
        match self {
            Self::Atom(atom) => Some(atom.as_str()),
            _ => None,
        }
    }

    /// Whether this is the atom of that text.
    pub fn is_atom(&self, text: &str) -> bool {
        self.as_atom() == Some(text)
    }

    /// The value, when this is an integer of 64 bits.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Self::Int(int) => Some(*int),
            _ => None,
        }
    }

    /// The elements, when this is a tuple.
    pub fn as_tuple(&self) -> Option<&[Term]> {
        match self {
            Self::Tuple(elements) => Some(elements),
            _ => None,
        }
    }

    /// The elements, when this is a proper list, the empty one included.
    pub fn as_list(&self) -> Option<&[Term]> {
        match self {
            Self::Nil => Some(&[]),
            Self::List(list) if list.is_proper() => Some(list.elements()),
            _ => None,
        }
    }

    /// The bytes, when this is a binary.
    pub fn as_binary(&self) -> Option<&[u8]> {
        match self {
            Self::Bits(bits) => bits.as_binary(),
            _ => None,
        }
    }
}

impl From<i64> for Term {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<u64> for Term {
    fn from(value: u64) -> Self {
        Self::integer(value.into())
    }
}

impl From<Pid> for Term {
    fn from(pid: Pid) -> Self {
        Self::pid(pid)
    }
}

impl From<Ref> for Term {
    fn from(reference: Ref) -> Self {
        Self::reference(reference)
    }
}

impl From<Atom> for Term {
    fn from(atom: Atom) -> Self {
        Self::Atom(atom)
    }
}
