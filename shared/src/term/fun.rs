//! Functions as values.

use std::sync::Arc;

use super::{Atom, PidTerm, Terms};

/// A function. The kernel cannot call one; it keeps and compares them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Fun {
    /// `fun M:F/A`.
    External(Arc<ExternalFun>),
    /// A function made in a module, with what it closed over.
    Internal(Arc<InternalFun>),
}

/// `fun M:F/A`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ExternalFun {
    /// The module.
    pub module: Atom,
    /// The name of the function.
    pub function: Atom,
    /// The number of arguments: 0 to 255.
    pub arity: u8,
}

/// What the external term format says of a local function (`NEW_FUN_EXT`).
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct InternalFun {
    /// The number of arguments.
    pub arity: u8,
    /// MD5 of the significant parts of the module's code.
    pub uniq: [u8; 16],
    /// Its number within the module.
    pub index: u32,
    /// The module.
    pub module: Atom,
    /// Its old number.
    pub old_index: i64,
    /// Its old hash.
    pub old_uniq: i64,
    /// The process that made it.
    pub creator: PidTerm,
    /// The values it closed over.
    pub free: Terms,
}
