//! The HTTP API of a real server.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is how it fails")]

mod errors;
mod health;
mod page;
