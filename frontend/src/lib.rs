//! The page: everything that people see in the browser.
//!
//! # Layout
//!
//! - [`app`]: what is around every page, and [`routes`], which says what page an address shows.
//! - [`pages`]: one page a file. Pages put panels and widgets together.
//! - [`panels`]: the parts of a sandbox, one a file.
//! - [`widgets`]: one widget a file, with its style beside it.
//! - [`state`]: what widgets share. Only here is anything remembered.
//! - [`elixir`]: how terms are written, and [`difference`], in what two of them differ.
//! - [`net`]: the only place that talks to the server.

#![forbid(unsafe_code)]
#![warn(missing_docs)]

pub mod app;
pub mod difference;
pub mod elixir;
pub mod net;
pub mod pages;
pub mod panels;
pub mod routes;
pub mod state;
pub mod widgets;
