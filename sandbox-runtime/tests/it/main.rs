//! The machine with guests that are small scripts in Rust: the kernel is tested without wasmtime.

mod chaos;
mod determinism;
mod exits;
mod limits;
mod links;
mod match_specs;
mod monitors;
mod names;
mod parse;
mod programs;
mod schedules;
mod script;
mod storage;
mod tables;
mod timers;
mod travel;
