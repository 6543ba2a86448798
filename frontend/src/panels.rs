//! The panels of a sandbox, one a file. They look at what [`crate::state::lab::Lab`] holds.

pub mod bounds;
pub mod chat;
pub mod code;
pub mod commands;
pub mod console;
pub mod events;
pub mod files;
pub mod inspector;
pub mod messages;
pub mod people;
pub mod problems;
pub mod processes;
pub mod resources;
pub mod run_controls;
pub mod session;
pub mod share;
pub mod tables;
pub mod timeline;
pub mod top_bar;
pub mod tree;
pub mod upgrade;
pub mod ways;
