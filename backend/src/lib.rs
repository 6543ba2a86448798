//! The server `orrery`: it serves the page and the API, and keeps what people store.
//!
//! # Layout
//!
//! - [`cli`]: programs that run in a sandbox without a server.
//! - [`config`]: command line, environment and file, checked at the start.
//! - [`app`]: the router, without a socket, and the loop that serves it.
//! - [`state`]: what requests share.
//! - [`store`]: what is stored.
//! - [`clock`]: the time outside.
//! - `auth`: who asks.
//! - `documents`: what people edit together.
//! - `filter`: which events somebody wants.
//! - `live`: what happens in sandboxes beside their documents.
//! - `oidc`: signing in with a provider of OpenID Connect.
//! - `rate`: how often somebody may ask.
//! - `runs`: the programs that run.
//! - `secret`: ids, and secrets that are stored as hashes.
//! - `templates`: what sandboxes can begin as.
//! - [`error`]: what a client sees when something fails.
//! - [`assets`]: guest, page and library, carried inside the binary.
//! - `http`: one group of routes a file.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod app;
pub mod assets;
mod auth;
pub mod cli;
pub mod clock;
pub mod config;
mod documents;
pub mod error;
mod filter;
mod http;
mod live;
mod oidc;
mod rate;
mod runs;
mod secret;
pub mod state;
pub mod store;
mod templates;
pub mod tls;
