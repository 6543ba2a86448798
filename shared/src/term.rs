//! An Erlang term as an owned value.
//!
//! Terms are immutable and cheap to clone: everything compound is shared. [`Eq`], [`Ord`] and [`Hash`] are those of
//! `=:=`: an integer never equals a float, and integers come before floats, which is the order of map keys. The
//! order of `<` and `==`, in which `1` equals `1.0`, is [`Term::cmp_arith`], [`Term::eq_arith`] and
//! [`Term::hash_arith`] (Erlang Reference Manual, "Term Comparisons").
//!
//! `0.0` and `-0.0` are different terms for `=:=` and equal for `==`, as since Erlang/OTP 27.

mod atom;
mod bits;
mod build;
mod decode;
mod encode;
mod fun;
mod hash;
mod list;
mod map;
mod num;
mod order;
mod parts;
mod show;
mod size;

use std::sync::Arc;

use num_bigint::BigInt;

pub use atom::Atom;
pub use bits::Bits;
pub use decode::{DecodeError, MAX_DEPTH};
pub(crate) use encode::{VERSION, put_tuple_header};
pub use fun::{ExternalFun, Fun, InternalFun};
pub use list::List;
pub use map::Map;
pub use parts::Terms;

/// An Erlang term.
#[derive(Clone)]
pub enum Term {
    /// An integer of 64 bits. Every integer that fits is held so, never as [`Term::BigInt`].
    Int(i64),
    /// An integer that does not fit into 64 bits. Made with [`Term::integer`], which keeps that rule.
    BigInt(Arc<BigInt>),
    /// A finite float. Made with [`Term::float`], which refuses the others.
    Float(f64),
    /// An atom.
    Atom(Atom),
    /// A reference.
    Ref(ReferenceTerm),
    /// A function.
    Fun(Fun),
    /// A port.
    Port(PortTerm),
    /// A process.
    Pid(PidTerm),
    /// A tuple.
    Tuple(Terms),
    /// A map.
    Map(Map),
    /// The empty list.
    Nil,
    /// A list with at least one element, perhaps with a tail that is not a list.
    List(List),
    /// A bitstring; a binary when its length is a multiple of eight.
    Bits(Bits),
}

/// A process identifier, of this node or another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PidTerm {
    /// The node; `nonode@nohost` is the sandbox itself.
    pub node: Atom,
    /// The number that is shown second.
    pub id: u32,
    /// The number that is shown third.
    pub serial: u32,
    /// Which incarnation of the node; 0 for the sandbox itself.
    pub creation: u32,
}

/// A port identifier. Sandboxes have no ports, but terms may name those of other nodes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct PortTerm {
    /// The node.
    pub node: Atom,
    /// The number of the port.
    pub id: u64,
    /// Which incarnation of the node.
    pub creation: u32,
}

/// A reference, of this node or another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ReferenceTerm {
    /// The node; `nonode@nohost` is the sandbox itself.
    pub node: Atom,
    /// Which incarnation of the node; 0 for the sandbox itself.
    pub creation: u32,
    /// One to five words, the least significant first.
    pub words: Arc<[u32]>,
}

/// The name of a node that is not alive, which every sandbox is.
pub const LOCAL_NODE: &str = "nonode@nohost";
