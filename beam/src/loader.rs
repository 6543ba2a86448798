//! From the bytes of a `.beam` file to instructions and tables that are known to be consistent.
//!
//! [`parse`] reads the chunks, [`validate`](fn@validate) checks all that the machine relies on when it runs the code.
//! Files are untrusted: whatever the bytes are, the outcome is a value or a [`LoadError`], and the memory in use stays
//! within a small multiple of the file's size and of [`Limits`].
//!
//! # Layout
//! - [`container`]: the chunks of a file
//! - [`mod@file`]: their contents as tables
//! - [`genop`], [`compact`], [`bits`]: instructions and their operands
//! - [`mod@validate`]: what holds for code that may run

pub mod bits;
pub mod compact;
pub mod container;
mod error;
pub mod file;
pub mod genop;
mod reader;
pub mod validate;

pub use compact::{AllocKind, Arg};
pub use container::Container;
pub use error::LoadError;
pub use file::{BeamFile, Instruction, parse};
pub use genop::Op;
pub use validate::{Layout, validate};

/// How much a file may ask for, in bytes.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Largest file, both as it is and inflated.
    pub file: usize,
    /// Largest `Code` chunk. Parsed code takes up to about a hundred times as much memory in a hostile file, and about
    /// twenty times as much in an ordinary one.
    pub code: usize,
    /// Largest literal table, inflated.
    pub literals: usize,
}

impl Default for Limits {
    /// About thirty times what the largest modules of Erlang/OTP's and Elixir's libraries have.
    fn default() -> Self {
        Limits { file: 32 << 20, code: 6 << 20, literals: 32 << 20 }
    }
}
