//! Natives on terms of any type: comparison, hashes, the external term format, identifiers as text, sizes.

use super::Native;

mod compare;
mod external;
mod hash;
mod identity;
mod size;
#[cfg(test)]
mod tests;

/// Functions of this concept.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "==", 2, compare::eq),
    Native::new("erlang", "/=", 2, compare::ne),
    Native::new("erlang", "=:=", 2, compare::exact_eq),
    Native::new("erlang", "=/=", 2, compare::exact_ne),
    Native::new("erlang", "<", 2, compare::lt),
    Native::new("erlang", ">", 2, compare::gt),
    Native::new("erlang", "=<", 2, compare::le),
    Native::new("erlang", ">=", 2, compare::ge),
    Native::new("erlang", "min", 2, compare::min),
    Native::new("erlang", "max", 2, compare::max),
    Native::new("erts_internal", "cmp_term", 2, compare::cmp_term),
    Native::new("erts_debug", "same", 2, compare::same),
    Native::new("erlang", "phash", 2, hash::phash),
    Native::new("erlang", "phash2", 1, hash::phash2_1),
    Native::new("erlang", "phash2", 2, hash::phash2_2),
    Native::new("erlang", "term_to_binary", 1, external::term_to_binary_1),
    Native::new("erlang", "term_to_binary", 2, external::term_to_binary_2),
    Native::new("erlang", "term_to_iovec", 1, external::term_to_iovec_1),
    Native::new("erlang", "term_to_iovec", 2, external::term_to_iovec_2),
    Native::new("erlang", "external_size", 1, external::external_size_1),
    Native::new("erlang", "external_size", 2, external::external_size_2),
    Native::new("erlang", "binary_to_term", 1, external::binary_to_term_1),
    Native::new("erlang", "binary_to_term", 2, external::binary_to_term_2),
    Native::new("erlang", "pid_to_list", 1, identity::pid_to_list),
    Native::new("erlang", "port_to_list", 1, identity::port_to_list),
    Native::new("erlang", "ref_to_list", 1, identity::ref_to_list),
    Native::new("erlang", "fun_to_list", 1, identity::fun_to_list),
    Native::new("erlang", "list_to_pid", 1, identity::list_to_pid),
    Native::new("erlang", "list_to_port", 1, identity::list_to_port),
    Native::new("erlang", "list_to_ref", 1, identity::list_to_ref),
    Native::new("erlang", "node", 1, identity::node),
    Native::new("erts_debug", "flat_size", 1, size::flat_size),
    Native::new("erts_debug", "size_shared", 1, size::size_shared),
];
