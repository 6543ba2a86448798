//! Timers (OTP: `erlang:start_timer/3,4`, `send_after/3,4`, `cancel_timer/1,2`, `read_timer/1,2`).

use shared::event::Destination;
use shared::{Etf, Term, VirtualTime};

use super::answer::{Answer, Failure, atom};
use super::arguments::{Arguments, truth};
use crate::host::Host;
use crate::kernel::timer::TimerForm;

const NANOS_PER_MILLI: u64 = 1_000_000;
/// Latest time of a timer in milliseconds: nanoseconds have to fit into 63 bits.
const LAST_MILLI: i64 = i64::MAX / NANOS_PER_MILLI as i64;

pub(super) fn start_timer(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    start(host, arguments, TimerForm::Timeout)
}

pub(super) fn send_after(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    start(host, arguments, TimerForm::Plain)
}

fn start(host: &mut Host, arguments: &Arguments<'_>, form: TimerForm) -> Answer {
    let to = match arguments.term(1)? {
        Term::Atom(name) => Destination::Name(name),
        to => Destination::Pid(to.as_local_pid().ok_or(Failure::badarg())?),
    };
    let mut is_absolute = false;
    for option in if arguments.len() > 3 { arguments.list(3)? } else { vec![] } {
        match option.as_tuple() {
            Some([key, value]) if key.is_atom("abs") => is_absolute = truth(value)?,
            _ => return Err(Failure::badarg()),
        }
    }
    let millis = arguments.term(0)?.as_int().filter(|t| *t <= LAST_MILLI && (is_absolute || *t >= 0));
    let millis = millis.ok_or(Failure::badarg())?;
    let nanos = u64::try_from(millis).unwrap_or(0) * NANOS_PER_MILLI;
    let due = if is_absolute { VirtualTime(nanos) } else { VirtualTime(host.now().nanos().saturating_add(nanos)) };
    Ok(host.start_timer(due, to, &arguments.etf(2)?, form)?.into())
}

/// Options of `cancel_timer/2` and `read_timer/2`.
struct Request {
    /// The result comes as a message.
    is_async: bool,
    /// There is a result.
    wants_info: bool,
}

fn request(arguments: &Arguments<'_>, may_skip_info: bool) -> Result<Request, Failure> {
    let mut request = Request { is_async: false, wants_info: true };
    for option in if arguments.len() > 1 { arguments.list(1)? } else { vec![] } {
        match option.as_tuple() {
            Some([key, value]) if key.is_atom("async") => request.is_async = truth(value)?,
            Some([key, value]) if key.is_atom("info") && may_skip_info => request.wants_info = truth(value)?,
            _ => return Err(Failure::badarg()),
        }
    }
    Ok(request)
}

pub(super) fn cancel_timer(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    arguments.check_reference(0)?;
    let request = request(arguments, true)?;
    let left = arguments.reference(0).ok().and_then(|timer| host.cancel_timer(timer));
    tell(host, "cancel_timer", arguments, &request, left)
}

pub(super) fn read_timer(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    arguments.check_reference(0)?;
    let request = request(arguments, false)?;
    let left = arguments.reference(0).ok().and_then(|timer| host.read_timer(timer));
    tell(host, "read_timer", arguments, &request, left)
}

fn tell(host: &mut Host, what: &str, arguments: &Arguments<'_>, request: &Request, left: Option<u64>) -> Answer {
    if !request.wants_info {
        return atom("ok");
    }
    let millis = left.map_or_else(|| Term::bool(false), |nanos| Term::from(nanos.div_ceil(NANOS_PER_MILLI)));
    if !request.is_async {
        return Ok(millis.into());
    }
    host.send_to_self(Etf::of(&Term::tuple([Term::atom(what), arguments.term(0)?, millis])));
    atom("ok")
}
