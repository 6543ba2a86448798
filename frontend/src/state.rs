//! What widgets share, split by how often it changes.

pub mod activity;
pub mod code;
pub mod document;
pub mod history;
pub mod lab;
pub mod live;
pub mod paced;
pub mod presence;
pub mod provider;
pub mod run;
pub mod sandboxes;
pub mod selection;
pub mod server;
pub mod session;
pub mod storage;
pub mod theme;
pub mod toasts;
pub mod topic;
pub mod watch;
pub mod ways;
