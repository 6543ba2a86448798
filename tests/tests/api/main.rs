//! The HTTP API of a real server.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is how it fails")]

mod backup;
mod coding;
mod description;
mod documents;
mod errors;
mod generated;
mod health;
mod live;
mod page;
mod people;
mod permissions;
mod place;
mod runs;
mod sandboxes;
mod sharing;
mod sign_in;
mod templates;
mod watcher;
