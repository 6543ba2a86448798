//! What widgets share, split by how often it changes.

pub mod server;
pub mod theme;
