//! One widget a file, with its style beside it.

pub mod account;
pub mod ago;
pub mod dialog;
pub mod editor;
pub mod entrance;
pub mod field;
pub mod frame;
pub mod rows;
pub mod sandbox_list;
pub mod server_status;
pub mod splitter;
pub mod tabs;
pub mod template_list;
pub mod term;
pub mod theme_switch;
pub mod toasts;
