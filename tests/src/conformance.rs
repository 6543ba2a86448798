//! Conformance by comparison: the same compiled programs run in Erlang/OTP and in `beam`, and their results are compared.
//!
//! # Layout
//! - [`reference`]: the Erlang and Elixir of this machine, which compile the programs and give what is expected
//! - [`run`], [`host`]: the same programs in `beam`
//! - [`compare`]: which results differ
//! - `tests/conformance/`: the programs. Each exports `cases/0`: a list of names and functions without arguments. The result
//!   of a function, or the exception that it raises with its stack trace, is shown as text by code that runs on both sides.

pub mod compare;
pub mod host;
pub mod reference;
pub mod run;

/// What one function gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Case {
    /// The module that it is in.
    pub module: String,
    /// Its name, unique in the module.
    pub name: String,
    /// Value or exception as text.
    pub result: String,
}
