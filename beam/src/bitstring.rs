//! The bit syntax: what the instructions for matching and constructing bitstrings do.
//!
//! - [`matching`]: taking segments from a match context
//! - [`construct`]: `bs_create_bin` and the instructions that compilers before OTP 25 emit
//! - [`builder`]: the binary under construction, and appending in place
//! - [`utf`]: characters in UTF-8, UTF-16 and UTF-32

pub mod builder;
pub mod construct;
pub mod matching;
pub mod utf;
