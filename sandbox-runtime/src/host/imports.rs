//! What a wasm guest can ask for: the imports of module `orrery` (see `docs/process-interface.md`).
//!
//! Bytes are passed as an address and a length in the guest's memory. An answer of bytes is announced by its length, with
//! [`FAILURE`] set where it is the reason of an error, and fetched with `reply`. Outside a turn there is no host: calls then
//! answer as a system without anything would.

use std::sync::Arc;

use shared::event::Destination;
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Etf, Pid, Term};
use wasmtime::{Caller, Linker, Memory};

use super::allowance::Refused;
use super::instance::State;
use crate::calls::{self, Outcome};
use crate::guest::FaultCause;
use crate::host::Host;

/// Set in an announced length where the answer is the reason of an error.
pub(super) const FAILURE: i64 = 1 << 32;
/// From this bit on, what is announced for a call has the reductions that it was for the host.
const WORK_SHIFT: u32 = 33;
/// Most of them for one call.
const MAX_WORK: u64 = (1 << 30) - 1;
/// Announced where there is no answer.
pub(super) const NONE: i64 = -1;
/// Announced by `news` where there is none and the turn should end.
const STOP: i64 = -2;

type Guest<'a> = Caller<'a, State>;

/// Registers all imports.
pub(super) fn register(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    linker.func_wrap("orrery", "send", |mut guest: Guest<'_>, to: u32, to_len: u32, message: u32, len: u32| {
        let (to, message) = (bytes(&mut guest, to, to_len)?, shared_bytes(&mut guest, message, len)?);
        check_term(&guest, &message)?;
        let sent = guest.data_mut().with_host(|host| calls::send(host, &to, Etf::from_trusted(message)));
        done(&mut guest)?;
        wasmtime::Result::Ok(match sent {
            None | Some(Ok(())) => 0,
            Some(Err(reason)) => announce(&mut guest, Err(reason)),
        })
    })?;
    linker.func_wrap("orrery", "send_to", |mut guest: Guest<'_>, pid: i64, message: u32, len: u32| {
        let message = shared_bytes(&mut guest, message, len)?;
        check_term(&guest, &message)?;
        let to = Destination::Pid(Pid(pid.cast_unsigned()));
        let sent = guest.data_mut().with_host(|host| calls::deliver(host, &to, Etf::from_trusted(message)));
        done(&mut guest)?;
        wasmtime::Result::Ok(match sent {
            None | Some(Ok(())) => 0,
            Some(Err(reason)) => announce(&mut guest, Err(reason)),
        })
    })?;
    linker.func_wrap("orrery", "receive", |mut guest: Guest<'_>| {
        let message = guest.data_mut().receive();
        done(&mut guest)?;
        wasmtime::Result::Ok(match message {
            Some(message) => announce(&mut guest, Ok(message.bytes().to_vec())),
            None => NONE,
        })
    })?;
    linker.func_wrap("orrery", "news", |mut guest: Guest<'_>| {
        let message = guest.data_mut().receive();
        done(&mut guest)?;
        wasmtime::Result::Ok(match message {
            Some(message) => announce(&mut guest, Ok(message.bytes().to_vec())),
            None if guest.data_mut().with_host(|host| host.must_stop()) == Some(true) => STOP,
            None => NONE,
        })
    })?;
    linker.func_wrap("orrery", "must_stop", |mut guest: Guest<'_>| {
        u32::from(guest.data_mut().with_host(|host| host.must_stop()).unwrap_or(false))
    })?;
    linker.func_wrap("orrery", "call", |mut guest: Guest<'_>, function: u32, arguments: u32, len: u32| {
        let arguments = bytes(&mut guest, arguments, len)?;
        check_term(&guest, &arguments)?;
        let number = u16::try_from(function).unwrap_or(u16::MAX);
        let answer = guest.data_mut().with_host(|host| calls::call(host, number, &arguments));
        done(&mut guest)?;
        let answer = answer.unwrap_or_else(|| Err(Etf::atom("notsup").bytes().to_vec()));
        let work = guest.data_mut().with_host(Host::take_work).unwrap_or(0).min(MAX_WORK);
        wasmtime::Result::Ok(announce(&mut guest, answer) | (work.cast_signed() << WORK_SHIFT))
    })?;
    linker.func_wrap("orrery", "call_in", |mut guest: Guest<'_>, function: u32, at: u32, len: u32, room: u32| {
        let is_foreign = guest.data().is_foreign;
        if is_foreign {
            charge(&mut guest, len)?;
            check_term(&guest, slice(&guest, at, len)?)?;
        }
        let number = u16::try_from(function).unwrap_or(u16::MAX);
        let (memory, state) = memory(&guest)?.data_and_store_mut(&mut guest);
        let outside = || wasmtime::Error::msg("an address outside the memory of the guest");
        // Nothing is copied on the way in: the arguments are read where they lie.
        let behind = memory.get_mut(at as usize..).ok_or_else(outside)?;
        let (outcome, work) = state.call(number, behind.get(..len as usize).ok_or_else(outside)?);
        if state.with_host(Host::call_is_done) == Some(false) {
            return Err(ended());
        }
        let length = state.reply.len();
        let announced = announced(length, outcome) | (work.min(MAX_WORK).cast_signed() << WORK_SHIFT);
        if length <= room as usize {
            behind.get_mut(..length).ok_or_else(outside)?.copy_from_slice(&state.reply);
            if is_foreign {
                charge(&mut guest, u32::try_from(length).unwrap_or(u32::MAX))?;
            }
        }
        wasmtime::Result::Ok(announced)
    })?;
    linker.func_wrap("orrery", "reply", |mut guest: Guest<'_>, to: u32| {
        let reply = std::mem::take(&mut guest.data_mut().reply);
        write(&mut guest, to, &reply)
    })?;
    // What it reads cannot be told from what it has read before, so it does not count as a call.
    linker.func_wrap("orrery", "persistent_changes", |mut guest: Guest<'_>| {
        let changes = guest.data_mut().with_host(|host| host.kernel().persistent_terms().changes());
        changes.unwrap_or(0)
    })?;
    number(linker, "make_ref", |host| host.make_ref().0 as i64)?;
    number(linker, "unique_integer", |host| host.unique_integer() as i64)?;
    number(linker, "monotonic_time", |host| host.now().0 as i64)?;
    number(linker, "system_time", |host| host.system_time_nanos() as i64)?;
    linker.func_wrap("orrery", "random", |mut guest: Guest<'_>, to: u32, len: u32| {
        let mut filled = Vec::new();
        while filled.len() < len as usize && filled.len() < 1 << 20 {
            let word = guest.data_mut().with_host(Host::random).unwrap_or(0);
            filled.extend_from_slice(&word.to_le_bytes());
        }
        done(&mut guest)?;
        filled.truncate(len as usize);
        write(&mut guest, to, &filled)
    })?;
    linker.func_wrap("orrery", "module", |mut guest: Guest<'_>, name: u32, len: u32| {
        let name = text(&mut guest, name, len)?;
        let state = guest.data_mut();
        let code = state.with_host(|host| host.code(&Atom::new(&name)).map(|module| module.code.to_vec()));
        let code = code.flatten().or_else(|| state.library(&name));
        wasmtime::Result::Ok(match code {
            Some(code) => announce(&mut guest, Ok(code)),
            None => NONE,
        })
    })?;
    linker.func_wrap(
        "orrery",
        "load_failed",
        |mut guest: Guest<'_>, name: u32, len: u32, reason: u32, reason_len: u32| {
            let (name, reason) = (text(&mut guest, name, len)?, text(&mut guest, reason, reason_len)?);
            let what = Term::tuple([Term::atom(&name), Term::binary(reason.as_bytes())]);
            guest.data_mut().with_host(|host| host.report(Atom::new("load_failed"), Etf::of(&what)));
            done(&mut guest)
        },
    )?;
    linker.func_wrap("orrery", "note", |mut guest: Guest<'_>, what: u32, first: i64, second: i64| {
        charge(&mut guest, 0)?;
        let (first, second) = (first.cast_unsigned(), second.cast_unsigned());
        guest.data_mut().with_host(|host| match what {
            1 => host.note_received(first),
            2 => host.note_collected(first, second),
            3 => host.note_state_changed(),
            _ => {}
        });
        done(&mut guest)
    })?;
    linker.func_wrap(
        "orrery",
        "report",
        |mut guest: Guest<'_>, action: u32, action_len: u32, detail: u32, len: u32| {
            let (action, detail) = (text(&mut guest, action, action_len)?, bytes(&mut guest, detail, len)?);
            check_term(&guest, &detail)?;
            let action: String = action.chars().take(Atom::MAX_CHARS).collect();
            guest.data_mut().with_host(|host| host.supervises(Atom::new(&action), Etf::from_trusted(detail)));
            done(&mut guest)
        },
    )?;
    linker.func_wrap("orrery", "new_atom", |mut guest: Guest<'_>, name: u32, len: u32| {
        let atom = Atom::new(&text(&mut guest, name, len)?);
        let number = guest.data_mut().number_atom(atom);
        done(&mut guest)?;
        wasmtime::Result::Ok(number)
    })?;
    Ok(())
}

fn number(linker: &mut Linker<State>, name: &str, body: fn(&mut Host) -> i64) -> wasmtime::Result<()> {
    linker.func_wrap("orrery", name, move |mut guest: Guest<'_>| {
        let number = guest.data_mut().with_host(body).unwrap_or(0);
        done(&mut guest)?;
        wasmtime::Result::Ok(number)
    })?;
    Ok(())
}

/// A call that others can learn of is done. The turn ends here if it did so in the run that is repeated.
fn done(guest: &mut Guest<'_>) -> wasmtime::Result<()> {
    match guest.data_mut().with_host(Host::call_is_done) {
        Some(false) => Err(ended()),
        _ => Ok(()),
    }
}

fn ended() -> wasmtime::Error {
    wasmtime::Error::new(Refused(FaultCause::Server(LimitKind::TurnTime)))
}

fn announce(guest: &mut Guest<'_>, answer: Result<Vec<u8>, Vec<u8>>) -> i64 {
    let (bytes, kind) = match answer {
        Ok(bytes) => (bytes, Outcome::Value),
        Err(reason) => (reason, Outcome::Failure),
    };
    let length = bytes.len();
    guest.data_mut().reply = bytes;
    announced(length, kind)
}

/// How an answer of so many bytes is announced.
fn announced(length: usize, outcome: Outcome) -> i64 {
    let length = i64::from(u32::try_from(length).unwrap_or(u32::MAX));
    length | if outcome == Outcome::Failure { FAILURE } else { 0 }
}

fn memory(guest: &Guest<'_>) -> wasmtime::Result<Memory> {
    guest.data().memory.ok_or_else(|| wasmtime::Error::msg("a guest without memory"))
}

/// Work that the host does for a guest is counted as its own, where instructions are.
fn charge(guest: &mut Guest<'_>, len: u32) -> wasmtime::Result<()> {
    const PER_CALL: u64 = 200;
    if guest.data().is_foreign {
        let left = guest.get_fuel()?.checked_sub(PER_CALL + u64::from(len));
        guest.set_fuel(left.unwrap_or(0))?;
        left.ok_or(wasmtime::Trap::OutOfFuel)?;
    }
    Ok(())
}

/// What a module other than the BEAM takes for a term has to be one.
fn check_term(guest: &Guest<'_>, term: &[u8]) -> wasmtime::Result<()> {
    if guest.data().is_foreign && Term::decode(term).is_err() {
        return Err(wasmtime::Error::msg("it gave bytes that are no term"));
    }
    Ok(())
}

fn bytes(guest: &mut Guest<'_>, at: u32, len: u32) -> wasmtime::Result<Vec<u8>> {
    let bytes = slice(guest, at, len)?.to_vec();
    charge(guest, len)?;
    Ok(bytes)
}

fn shared_bytes(guest: &mut Guest<'_>, at: u32, len: u32) -> wasmtime::Result<Arc<[u8]>> {
    let bytes = slice(guest, at, len)?.into();
    charge(guest, len)?;
    Ok(bytes)
}

/// Bytes of the guest's memory.
fn slice<'a>(guest: &'a Guest<'_>, at: u32, len: u32) -> wasmtime::Result<&'a [u8]> {
    let memory = memory(guest)?.data(guest);
    let end = (at as usize).checked_add(len as usize);
    let bytes = end.and_then(|end| memory.get(at as usize..end));
    bytes.ok_or_else(|| wasmtime::Error::msg("an address outside the memory of the guest"))
}

fn text(guest: &mut Guest<'_>, at: u32, len: u32) -> wasmtime::Result<String> {
    Ok(String::from_utf8_lossy(&bytes(guest, at, len)?).into_owned())
}

fn write(guest: &mut Guest<'_>, at: u32, data: &[u8]) -> wasmtime::Result<()> {
    charge(guest, u32::try_from(data.len()).unwrap_or(u32::MAX))?;
    Ok(memory(guest)?.write(guest, at as usize, data)?)
}
