//! Sending (OTP: `erlang:send/2,3`). Receiving is done by instructions.

use super::{Native, hosted};
use crate::atoms;
use crate::compare::eq_exact;
use crate::etf;
use crate::fail::{Fail, Outcome};
use crate::host::{News, Note};
use crate::mailbox::Message;
use crate::term::Term;
use crate::vm::Vm;

/// An option that there is not, or no list of options.
const BAD_OPTION: Fail = Fail::ErrorCause(atoms::BADARG, atoms::BADOPT);

/// Natives that send.
pub const NATIVES: &[Native] = &[
    Native::new("erlang", "!", 2, send),
    Native::new("erlang", "send", 2, send),
    Native::new("erlang", "send", 3, send_with_options),
];

/// `Destination ! Message`.
pub fn send(vm: &mut Vm, args: &[Term]) -> Outcome {
    if destination(args[0])? == Place::Here {
        deliver(vm, args[0], args[1])?;
    }
    Ok(args[1])
}

fn send_with_options(vm: &mut Vm, args: &[Term]) -> Outcome {
    let mut may_connect = true;
    for option in args[2].proper_list().ok_or(BAD_OPTION)? {
        match vm.atom_name(option) {
            "nosuspend" => {}
            "noconnect" => may_connect = false,
            _ => return Err(BAD_OPTION),
        }
    }
    match destination(args[0])? {
        Place::Here => {
            deliver(vm, args[0], args[1])?;
            Ok(atoms::OK)
        }
        Place::Elsewhere if may_connect => Ok(atoms::OK),
        Place::Elsewhere => vm.atom("noconnect"),
        Place::Nowhere => Ok(atoms::OK),
    }
}

/// Where a destination is.
#[derive(PartialEq, Eq)]
enum Place {
    /// On this node.
    Here,
    /// On another node. There is none, so what is sent there is lost, as when a node cannot be reached.
    Elsewhere,
    /// On this node and gone: what is sent there is lost.
    Nowhere,
}

fn destination(to: Term) -> Result<Place, Fail> {
    if to.is_local_pid() || to.is_atom() || to.local_ref().is_some() {
        return Ok(Place::Here);
    }
    if to.is_pid() || to.is_ref() {
        return Ok(Place::Elsewhere);
    }
    if to.is_kind(crate::term::kind::PORT) {
        return Ok(Place::Nowhere);
    }
    match to.tuple() {
        Some([name, atoms::NONODE]) if name.is_atom() => Ok(Place::Here),
        Some([name, node]) if name.is_atom() && node.is_atom() => Ok(Place::Elsewhere),
        _ => Err(Fail::BADARG),
    }
}

fn deliver(vm: &mut Vm, to: Term, message: Term) -> Result<(), Fail> {
    let mut buffer = vm.take_bytes();
    let sent = transmit(vm, to, message, &mut buffer);
    vm.keep_bytes(buffer);
    match sent? {
        Ok(()) => Ok(()),
        Err(reason) => Err(Fail::Error(hosted::decode(vm, &reason)?)),
    }
}

/// Hands a message to the machine; the machine may give the reason of an error.
fn transmit(vm: &mut Vm, to: Term, message: Term, buffer: &mut Vec<u8>) -> Result<Result<(), Vec<u8>>, Fail> {
    etf::encode_onto(vm.image.get(), message, buffer)?;
    let length = buffer.len();
    vm.charge(length / 1024);
    if to.is_local_pid() {
        return Ok(vm.host.send_to(to.pid_number(), buffer));
    }
    etf::encode_onto(vm.image.get(), to, buffer)?;
    let (message, to) = buffer.split_at(length);
    Ok(vm.host.send(to, message))
}

/// Takes over what the machine holds for this process already, although its turn goes on: what the process sent to itself.
/// Ends the turn where one of these signals ended the process.
pub fn fetch(vm: &mut Vm) {
    loop {
        match vm.host.news() {
            News::Message(message) => vm.mailbox.push(&message),
            News::Nothing => return,
            News::Stop => return vm.end_turn(),
        }
    }
}

/// Removes the first message of five elements whose second is a monitor, which is how it tells of an end.
pub(super) fn remove_down(vm: &mut Vm, monitor: Term) -> Result<(), Fail> {
    fetch(vm);
    let tells = |message: &Term| message.tuple_of::<5>().is_some_and(|parts| eq_exact(parts[1], monitor));
    if let Some(at) = decoded(vm)?.iter().position(tells) {
        vm.host.note(Note::Received(at));
        vm.mailbox.remove(at);
        vm.mailbox.position -= usize::from(at < vm.mailbox.position);
    }
    Ok(())
}

/// All messages as terms, oldest first. They stay in the mailbox.
pub fn decoded(vm: &mut Vm) -> Result<Vec<Term>, Fail> {
    let mut terms = Vec::with_capacity(vm.mailbox.messages.len());
    for at in 0..vm.mailbox.messages.len() {
        let term = match &vm.mailbox.messages[at] {
            Message::Term(term) => *term,
            Message::Encoded(bytes) => {
                let bytes = bytes.clone();
                let term = hosted::decode(vm, &bytes)?;
                vm.mailbox.encoded_bytes -= bytes.len();
                vm.mailbox.messages[at] = Message::Term(term);
                term
            }
        };
        terms.push(term);
    }
    Ok(terms)
}
