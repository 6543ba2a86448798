//! What crosses a wire or is stored, and nothing else: no I/O, no clock, builds for wasm32 and native.
//!
//! # Layout
//! - [`access`]: roles, operations, and who may do what.
//! - [`api`]: questions and answers of the HTTP API.
//! - [`bundle`] (feature `bundle`): the packed Elixir/OTP library.
//! - [`term`]: Erlang terms as owned values: term order, equality, hashing and the external term format.
//! - [`etf`]: an encoded term as an opaque value, and the small compositions that need no decoding.
//! - [`ids`]: process, reference, event and table numbers of a sandbox.
//! - [`time`]: virtual time in nanoseconds.
//! - [`event`]: what a machine reports.
//! - [`command`]: what a machine is told.
//! - [`document`]: the shared documents of a sandbox.
//! - [`filter`]: which events somebody wants.
//! - [`frame`]: how a machine in another OS process is spoken to.
//! - [`interception`]: what the outside does to messages on their way.
//! - [`match_spec`]: match specifications, as tables and filters evaluate them.
//! - [`world`]: the picture that events draw; the same fold on the server and in the page.
//! - [`recording`]: what is kept of a run so that it can be run again.
//! - [`bytes`]: how plain bytes are written.
//! - [`config`], [`limits`], [`schedule`]: the parts of a machine's configuration.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod access;
pub mod api;
#[cfg(feature = "bundle")]
pub mod bundle;
pub mod bytes;
pub mod command;
pub mod config;
pub mod document;
pub mod etf;
pub mod event;
pub mod filter;
pub mod frame;
pub mod ids;
pub mod interception;
pub mod limits;
pub mod match_spec;
pub mod recording;
pub mod schedule;
pub mod term;
pub mod time;
pub mod world;

pub use etf::Etf;
pub use ids::{EventSeq, Pid, Ref};
pub use term::Term;
pub use time::VirtualTime;
