//! The server `orrery`: it serves the page and the API, and keeps what people store.
//!
//! # Layout
//!
//! - [`cli`]: programs that run in a sandbox without a server.
//! - [`config`]: command line, environment and file, checked at the start.
//! - [`app`]: the router, without a socket, and the loop that serves it.
//! - [`state`]: what requests share.
//! - [`store`]: the embedded database in the data folder.
//! - [`error`]: what a client sees when something fails.
//! - [`assets`]: guest, page and library, carried inside the binary.
//! - `http`: one group of routes a file.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod app;
pub mod assets;
pub mod cli;
pub mod config;
pub mod error;
mod http;
pub mod state;
pub mod store;
