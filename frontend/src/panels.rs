//! The panels of a sandbox, one a file. They look at what [`crate::state::lab::Lab`] holds.

pub mod chat;
pub mod code;
pub mod files;
pub mod people;
pub mod share;
pub mod top_bar;
