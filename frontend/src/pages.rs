//! One page a file.

pub mod lab;
pub mod not_found;
pub mod start;
