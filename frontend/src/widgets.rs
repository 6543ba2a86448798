//! One widget a file, with its style beside it.

pub mod editor;
pub mod server_status;
pub mod theme_switch;
