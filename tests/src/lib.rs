//! Tests that cross crates, and what they share.
//!
//! - [`bench`]: programs whose speed is measured, with the whole library.
//! - [`client`]: somebody who talks to a server.
//! - [`openid`]: a provider of OpenID Connect.
//! - [`socket`]: a client of a shared document that speaks the wire protocol by hand.
//! - [`live`]: a client of the second socket of a sandbox.
//! - [`server`]: a real server on a free port, with a data folder of its own.
//! - [`reference`](mod@reference): the real Erlang and Elixir that ours are compared with.
//! - [`native_guest`]: processes of `beam` under the machine, without wasm.
//! - [`conformance`]: the same functions in both, and what differs.
//! - [`programs`]: whole programs in both.
//! - [`travel`]: programs for time travel and machines in which they run.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

#[cfg(feature = "machine")]
pub mod bench;
#[cfg(feature = "machine")]
pub mod client;
pub mod conformance;
#[cfg(feature = "machine")]
pub mod live;
#[cfg(feature = "machine")]
pub mod native_guest;
#[cfg(feature = "machine")]
pub mod openid;
#[cfg(feature = "machine")]
pub mod programs;
pub mod reference;
#[cfg(feature = "machine")]
pub mod server;
#[cfg(feature = "machine")]
pub mod socket;
#[cfg(feature = "machine")]
pub mod travel;
