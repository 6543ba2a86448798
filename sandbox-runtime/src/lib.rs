//! The machine: isolated processes under a deterministic scheduler.
//!
//! # Layout
//! - [`kernel`]: the state machine of processes, signals, timers, ETS and the rest. Pure: no clock, no I/O, no engine.
//! - [`calls`]: functions of the library that a BEAM process leaves to its host.
//! - [`guest`]: what a process is to the machine, whatever it runs on.
//! - [`host`]: what the machine offers to a running process.
//! - [`peers`]: the guests of the processes that do not run.
//! - [`machine`]: joins the three into something that can be told commands and gives events.
//! - [`boot`]: starts Erlang/OTP and Elixir in a machine.
//! - [`workbench`]: a booted sandbox, from which others start.
//! - [`compile`]: compiles the files of programs in sandboxes.
//! - [`hot`]: new code for sandboxes that run.
//! - [`repl`]: sessions with IEx in sandboxes that run.
//! - [`tools`]: what editors ask for: the formatter, and what modules offer.
//! - [`driver`]: runs a machine against the clock.
//! - [`snapshot`]: a machine at one moment, to go on from.
//! - [`timeline`]: a run with its past: recording, replay, seeking, forks, differences.
//! - [`runner`]: a machine that is driven over a pipe.
//! - [`explore`]: runs a machine under many schedules.

#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod boot;
pub mod calls;
pub mod compile;
pub mod driver;
pub mod explore;
pub mod guest;
pub mod host;
pub mod hot;
pub mod kernel;
pub mod machine;
pub mod peers;
pub mod repl;
pub mod runner;
pub mod snapshot;
pub mod timeline;
pub mod tools;
pub mod workbench;
