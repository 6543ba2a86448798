//! Tests that cross crates, and what they share.
//!
//! - [`server`]: a real server on a free port, with a data folder of its own.
//! - [`reference`](mod@reference): the real Erlang and Elixir that ours are compared with.
//! - [`native_guest`]: processes of `beam` under the machine, without wasm.
//! - [`conformance`]: the same programs in both, and what differs.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod conformance;
pub mod native_guest;
pub mod reference;
pub mod server;
