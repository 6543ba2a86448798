//! The BEAM: loads and runs the bytecode of Erlang and Elixir.
//!
//! # Layout
//! - [`bits`], [`bitstring`]: bit positions, and what the instructions of the bit syntax do
//! - [`term`], [`map`], [`heap`], [`gc`], `copy`: values and the private memory of a process
//! - [`atom`], [`code`], [`image`]: what processes of a template share
//! - [`instr`], [`load`], [`interp`]: instructions, how they are made, how they run
//! - [`loader`]: from a `.beam` file to tables and instructions
//! - [`arith`]: the operators on numbers
//! - [`vm`], [`registers`], [`mailbox`], [`dictionary`], `persistent_terms`, [`flags`], [`inspect`]: one process
//! - [`compare`], [`hash`]: order, equality and hashes of terms
//! - [`etf`]: the external term format
//! - [`deflate`]: compression with the bytes of zlib
//! - [`print`]: terms as text
//! - [`natives`]: functions that the library imports from the runtime system
//! - [`guest`], `arena`, `home`: the process interface of the wasm guest, and its memory
//! - [`host`]: the world outside a process
//! - [`probes`]: places in the library at which it is told of what goes on

#[cfg(target_arch = "wasm32")]
pub mod arena;
pub mod arith;
pub mod atom;
pub mod atoms;
pub mod bits;
pub mod bitstring;
pub mod code;
pub mod compare;
mod copy;
pub mod deflate;
pub mod dictionary;
pub mod etf;
pub mod fail;
pub mod flags;
pub mod gc;
pub mod guest;
pub mod hash;
pub mod heap;
#[cfg(target_arch = "wasm32")]
pub mod home;
pub mod host;
pub mod image;
pub mod inspect;
pub mod instr;
pub mod interp;
pub mod load;
pub mod loader;
pub mod mailbox;
pub mod map;
pub mod natives;
mod persistent_terms;
pub mod print;
pub mod probes;
pub mod regex;
pub mod registers;
pub mod term;
#[cfg(test)]
pub(crate) mod testing;
pub mod vm;
