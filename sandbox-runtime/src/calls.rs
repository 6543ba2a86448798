//! Calls of a BEAM process to its host: functions of the library that concern the world outside the process.
//!
//! A guest names a function by its number, which is its place in [`FUNCTIONS`]; the guest has the same table, so rows are
//! only ever added at the end. Arguments and answers are encoded terms: the arguments as one list, the answer as the value
//! or as the reason of the error that the guest raises, `{error, Reason, Cause}` where the error has a cause for
//! `error_info`.
//!
//! # Layout
//! - [`arguments`]: the arguments of a call, decoded no further than needed
//! - [`answer`]: values and failures
//! - one file for each kind of function

pub mod answer;
pub mod arguments;
mod code;
mod environment;
mod files;
mod logging;
mod options;
mod process_info;
mod processes;
mod shared_terms;
mod signals;
mod spawning;
mod system;
mod table;
mod tables;
mod timers;
mod trace;

pub use table::FUNCTIONS;

use shared::event::Destination;
use shared::{Etf, Term};

use crate::host::Host;
use crate::kernel::Raise;
use answer::Failure;
use arguments::Arguments;

/// What came of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// A value.
    Value,
    /// The reason of the error that the call raises in the process.
    Failure,
}

/// Performs the function with this number with an encoded list of arguments.
///
/// # Errors
/// The encoded reason of the error that the call raises in the process.
pub fn call(host: &mut Host, number: u16, arguments: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    let mut answer = Vec::new();
    match call_into(host, number, arguments, &mut answer) {
        Outcome::Value => Ok(answer),
        Outcome::Failure => Err(answer),
    }
}

/// As [`call`]; the encoded answer is added to some bytes.
pub fn call_into(host: &mut Host, number: u16, arguments: &[u8], answer: &mut Vec<u8>) -> Outcome {
    if tables::quick(host, number, arguments, answer) {
        return Outcome::Value;
    }
    match perform(host, number, arguments) {
        Ok(value) => {
            value.encode_onto(answer);
            Outcome::Value
        }
        Err(failure) => {
            answer.extend_from_slice(&failure.encode());
            Outcome::Failure
        }
    }
}

fn perform(host: &mut Host, number: u16, arguments: &[u8]) -> answer::Answer {
    match FUNCTIONS.get(usize::from(number)) {
        Some((_, name, arity, body)) => match Arguments::read(name, arguments) {
            Some(arguments) if arguments.len() == usize::from(*arity) => body(host, &arguments),
            _ => Err(Failure::badarg()),
        },
        None => Err(Failure::reason("notsup")),
    }
}

/// Sends a message: `to` is an encoded pid, name, alias or `{Name, Node}`, `message` the encoded message.
///
/// # Errors
/// The encoded reason of the error that sending raises: nobody has the name, or the message is too large.
pub fn send(host: &mut Host, to: &[u8], message: Etf) -> Result<(), Vec<u8>> {
    if let Some(pid) = arguments::encoded_pid(to) {
        return deliver(host, &Destination::Pid(pid), message);
    }
    let to = Term::decode(to).map_err(|_| Failure::badarg().encode())?;
    let sent = arguments::destination(&to).and_then(|to| Ok(host.send(&to, message)?));
    match sent {
        // Whoever sends to a name at a node does not learn whether somebody has it (OTP: `erlang:send/2`).
        Err(Failure::Raise(Raise::Badarg)) if to.as_tuple().is_some() => Ok(()),
        sent => sent.map_err(Failure::encode),
    }
}

/// The same for a destination that is known already.
///
/// # Errors
/// As [`send`].
pub fn deliver(host: &mut Host, to: &Destination, message: Etf) -> Result<(), Vec<u8>> {
    host.send(to, message).map_err(|raise| Failure::from(raise).encode())
}

/// Body of a call.
pub type Body = fn(&mut Host, &Arguments<'_>) -> answer::Answer;
