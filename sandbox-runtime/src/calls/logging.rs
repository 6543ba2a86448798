//! Reports of the runtime system itself: a process ended by an error that nobody caught.

use shared::event::{Destination, Device};
use shared::term::Atom;
use shared::{Etf, Term};

use super::answer::Answer;
use super::arguments::Arguments;
use crate::host::Host;

/// What OTP says of such a process, and what it puts in.
const FORMAT: &str = "Error in process ~p with exit value:~n~p~n";

/// `log_crash(Reason)`: tells the logger (OTP: `erlang:system_flag(system_logger, _)`). Where there is none, the text goes to
/// the console. Gives whether it was told.
pub(super) fn log_crash(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let reason = arguments.etf(0)?;
    let pid = Term::pid(host.self_pid());
    let flag = host.kernel().settings().flag(&Atom::new("system_logger")).cloned();
    let logger = match flag {
        Some(Term::Atom(name)) if name == *"undefined" => None,
        Some(logger) if logger.as_local_pid().is_some() => logger.as_local_pid().map(Destination::Pid),
        _ => host.whereis(&Atom::new("logger")).map(Destination::Pid),
    };
    let Some(logger) = logger else {
        let reason = reason.decode().map_or_else(|_| "...".to_owned(), |reason| reason.to_string());
        let text = format!("Error in process {pid} with exit value:\n{reason}\n\n");
        host.console_write(Device::Stderr, text.as_bytes());
        return Ok(true.into());
    };
    let names = |pairs: [(&str, Term); 2]| Term::map(pairs.map(|(key, value)| (Term::atom(key), value)));
    let micros = Term::from(host.system_time_nanos() / 1_000);
    let metadata = Term::map([
        (Term::atom("error_logger"), names([("tag", Term::atom("error")), ("emulator", Term::bool(true))])),
        (Term::atom("pid"), pid.clone()),
        (Term::atom("time"), micros),
        (Term::atom("gl"), Term::pid(host.group_leader())),
    ]);
    let reason = reason.decode().unwrap_or_else(|_| Term::atom("..."));
    let parts = [Term::atom("log"), Term::atom("error"), Term::string(FORMAT), Term::list([pid, reason]), metadata];
    // A report that is too large to be sent is not told; that is not this process' failure.
    let is_told = host.send(&logger, Etf::of(&Term::tuple(parts))).is_ok();
    Ok(is_told.into())
}
