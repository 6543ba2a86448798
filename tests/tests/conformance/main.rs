//! The same as real Erlang and Elixir.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is how it fails")]

mod library;
mod natives;
mod programs;
