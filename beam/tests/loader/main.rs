//! The loader, from bytes to code that may run.

mod assembler;
mod counting;
mod flow;
mod format;
mod library;
mod mutation;
mod operands;
mod support;
mod worst_case;
