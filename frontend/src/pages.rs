//! One page a file.

pub mod embed;
pub mod join;
pub mod lab;
pub mod not_found;
pub mod start;
