//! The sandbox as a whole: figures, flags, the console, the end.

use shared::event::Device;
use shared::term::Atom;
use shared::{Etf, Term};

use super::answer::{Answer, Failure, atom};
use super::arguments::{self, Arguments, truth};
use crate::host::Host;
use crate::kernel::{RunState, WORD_BYTES};

/// Most items of a stack trace.
const BACKTRACE_DEPTH_MAX: i64 = 64;
/// Most ports and tables at once, as OTP has them by default.
const PORT_LIMIT: i64 = 65_536;

fn number(value: usize) -> Term {
    Term::from(value as u64)
}

/// `system_info(Item)`, for the items that are figures of the sandbox.
pub(super) fn system_info(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let kernel = host.kernel();
    Ok(match arguments.atom(0)?.as_str() {
        "process_count" => number(kernel.process_count()),
        "process_limit" => Term::from(kernel.limits().processes),
        "port_limit" => Term::Int(PORT_LIMIT),
        "ets_limit" => Term::from(kernel.limits().ets_tables),
        "atom_count" => Term::from(kernel.atom_count()),
        "ets_count" => number(kernel.ets().iter().count()),
        "start_time" => Term::Int(0),
        "system_logger" => {
            kernel.settings().flag(&Atom::new("system_logger")).cloned().unwrap_or_else(|| Term::atom("logger"))
        }
        _ => return Err(Failure::badarg()),
    }
    .into())
}

/// `list_to_existing_atom(Name)` for a name, as a binary, that the caller has no atom for: another process may have made it.
pub(super) fn existing_atom(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let name = arguments.term(0)?;
    let name = name.as_binary().and_then(|name| std::str::from_utf8(name).ok()).ok_or(Failure::badarg())?;
    let atom = Atom::new(name);
    if host.kernel().knows_atom(&atom) { Ok(atom.into()) } else { Err(Failure::badarg()) }
}

/// `statistics(Item)`. Times are virtual.
pub(super) fn statistics(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let item = arguments.atom(0)?;
    let runnable = host.kernel().count_in_state(RunState::Runnable);
    let lengths =
        |own: usize, others: usize| Term::list(std::iter::once(number(own)).chain(vec![Term::Int(0); others]));
    Ok(match item.as_str() {
        "context_switches" => Term::tuple([Term::from(host.kernel().turns()), Term::Int(0)]),
        "reductions" | "exact_reductions" => since_last(host, "reductions", host.kernel().total_reductions()),
        "wall_clock" => since_last(host, "wall_clock", host.now().millis()),
        "runtime" => since_last(host, "runtime", host.now().millis()),
        "garbage_collection" => {
            let (times, bytes) = host.kernel().collected();
            Term::tuple([times, bytes / WORD_BYTES, 0].map(Term::from))
        }
        "io" => {
            let pair = |name: &str, bytes: u64| Term::tuple([Term::atom(name), Term::from(bytes)]);
            let console = host.kernel().console();
            let output = console.output().len() as u64 + console.dropped_bytes();
            Term::tuple([pair("input", 0), pair("output", output)])
        }
        "run_queue" | "total_run_queue_lengths" | "total_run_queue_lengths_all" => number(runnable),
        "total_active_tasks" | "total_active_tasks_all" => number(runnable + 1),
        "run_queue_lengths" => lengths(runnable, 1),
        "run_queue_lengths_all" => lengths(runnable, 2),
        "active_tasks" => lengths(runnable + 1, 1),
        "active_tasks_all" => lengths(runnable + 1, 2),
        // Times of schedulers are not measured.
        "scheduler_wall_time" | "scheduler_wall_time_all" | "microstate_accounting" => Term::atom("undefined"),
        _ => return Err(Failure::badarg()),
    }
    .into())
}

/// `{Total, SinceLastCall}`
fn since_last(host: &mut Host, what: &'static str, total: u64) -> Term {
    let last = host.kernel_mut().settings_mut().note_statistics(what, total);
    Term::tuple([total, total.saturating_sub(last)].map(Term::from))
}

/// `memory()`, in bytes.
pub(super) fn memory(host: &mut Host, _: &Arguments<'_>) -> Answer {
    // About what an atom and its entry in the table take.
    const BYTES_PER_ATOM: u64 = 32;
    let kernel = host.kernel();
    let (processes, ets, code) = (kernel.total_memory(), kernel.shared_bytes(), kernel.code().bytes());
    let atoms = kernel.atom_count() * BYTES_PER_ATOM;
    let system = ets + code + atoms;
    let pairs = [
        ("total", processes + system),
        ("processes", processes),
        ("processes_used", processes),
        ("system", system),
        ("atom", atoms),
        ("atom_used", atoms),
        ("binary", 0),
        ("code", code),
        ("ets", ets),
    ];
    let pairs = pairs.map(|(name, bytes)| Term::tuple([Term::atom(name), Term::from(bytes)]));
    Ok(Term::list(pairs).into())
}

/// `system_flag(Flag, Value)`: checked and remembered. What the flags of OTP's schedulers and collectors would change does
/// not exist here.
pub(super) fn system_flag(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (flag, value) = (arguments.atom(0)?, arguments.term(1)?);
    let natural = value.as_int().filter(|n| *n >= 0);
    let default = |valid: bool, default: Term| if valid { Ok(default) } else { Err(Failure::badarg()) };
    let default = match flag.as_str() {
        "backtrace_depth" => default(natural.is_some(), Term::Int(8)),
        "fullsweep_after" => default(natural.is_some(), Term::Int(65_535)),
        "min_heap_size" => default(natural.is_some(), Term::Int(233)),
        "min_bin_vheap_size" => default(natural.is_some(), Term::Int(46_422)),
        "trace_control_word" => default(natural.is_some_and(|n| n <= i64::from(u32::MAX)), Term::Int(0)),
        "outstanding_system_requests_limit" => default(natural.is_some_and(|n| n > 0), Term::Int(4)),
        "schedulers_online" | "dirty_cpu_schedulers_online" => default(natural == Some(1), Term::Int(1)),
        "scheduler_wall_time" | "microstate_accounting" => default(truth(&value).is_ok(), Term::bool(false)),
        "system_logger" => {
            let is_logger = value.as_local_pid().is_some() || value.is_atom("logger") || value.is_atom("undefined");
            default(is_logger, Term::atom("logger"))
        }
        "sequential_tracer" => default(value.is_atom("false"), Term::bool(false)),
        "reset_seq_trace" => default(value.is_atom("true"), Term::bool(true)),
        "time_offset" => default(value.is_atom("finalize"), Term::atom("final")),
        "cpu_topology" => default(value.is_atom("undefined"), Term::atom("undefined")),
        "multi_scheduling" => {
            let is_mode = ["block", "unblock", "block_normal", "unblock_normal"].iter().any(|mode| value.is_atom(mode));
            default(is_mode, Term::atom("disabled"))
        }
        "max_heap_size" => default(natural.is_some() || matches!(value, Term::Map(_)), Term::Int(0)),
        _ => Err(Failure::badarg()),
    }?;
    let value = match (flag.as_str(), natural) {
        ("backtrace_depth", Some(depth)) => Term::Int(depth.min(BACKTRACE_DEPTH_MAX)),
        _ => value,
    };
    let old = host.kernel_mut().settings_mut().set_flag(flag, value);
    Ok(old.unwrap_or(default).into())
}

/// `open_internal_state(Value)`: whether `erts_debug` tells of the inside from now on, or only whether it does. Gives what held
/// before.
pub(super) fn open_internal_state(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    // No flag of OTP's has this name.
    let flag = Atom::new("open_internal_state");
    let settings = host.kernel_mut().settings_mut();
    let before = settings.flag(&flag).cloned().unwrap_or_else(|| Term::bool(false));
    let value = arguments.term(0)?;
    if truth(&value).is_ok() {
        settings.set_flag(flag, value);
    }
    Ok(before.into())
}

/// `system_monitor()`
pub(super) fn system_monitor(host: &mut Host, _: &Arguments<'_>) -> Answer {
    Ok(host.kernel().settings().system_monitor().unwrap_or_else(|| Term::atom("undefined")).into())
}

/// `system_monitor(Pid, Options)`: kept, and never told anything, for what it would be told of does not happen here.
pub(super) fn set_system_monitor(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let new = match arguments.term(0)? {
        who if who.is_atom("undefined") => None,
        who => {
            who.as_local_pid().ok_or(Failure::badarg())?;
            let options = arguments.list(1)?;
            if options.is_empty() { None } else { Some(Term::tuple([who, Term::list(options)])) }
        }
    };
    let old = host.kernel_mut().settings_mut().set_system_monitor(new);
    Ok(old.unwrap_or_else(|| Term::atom("undefined")).into())
}

/// `halt(Status, Options)`
pub(super) fn halt(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let status = arguments.term(0)?;
    let is_status = match &status {
        Term::Int(code) => *code >= 0,
        Term::Atom(_) => status.is_atom("abort"),
        slogan => matches!(slogan, Term::Nil | Term::List(_)) && arguments::text(slogan).is_ok(),
    };
    let is_option = |option: &Term| match option.as_tuple() {
        Some([key, value]) if key.is_atom("flush") => truth(value).is_ok(),
        Some([key, value]) if key.is_atom("flush_timeout") => {
            value.is_atom("infinity") || value.as_int().is_some_and(|n| n >= 0)
        }
        _ => false,
    };
    if !is_status || !arguments.list(1)?.iter().all(is_option) {
        return Err(Failure::badarg());
    }
    host.halt(Etf::of(&status));
    Ok(true.into())
}

/// `display_string(Device, String)`
pub(super) fn display_string(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let bytes = match arguments.term(1)? {
        text @ (Term::Nil | Term::List(_)) => arguments::text(&text)?.into_bytes(),
        bits => bits.as_binary().ok_or(Failure::badarg())?.to_vec(),
    };
    let device = match arguments.atom(0)?.as_str() {
        "stdout" => Device::Stdout,
        "stderr" => Device::Stderr,
        _ => return Err(Failure::badarg()),
    };
    host.console_write(device, &bytes);
    Ok(true.into())
}

/// `orrery_io:open_console()`: the caller gets what is typed.
pub(super) fn open_console(host: &mut Host, _: &Arguments<'_>) -> Answer {
    host.console_open();
    atom("ok")
}

/// `orrery_io:read_console()`: the caller waits for the next piece of input.
pub(super) fn read_console(host: &mut Host, _: &Arguments<'_>) -> Answer {
    host.console_read();
    atom("ok")
}

/// `erts_internal:process_display(Pid, backtrace)`
pub(super) fn process_display(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    if arguments.atom(1)? != *"backtrace" {
        return atom("badopt");
    }
    let target = arguments.pid(0)?;
    if !host.is_process_alive(target) {
        return atom("badarg");
    }
    let text = host.ask(target, &Term::atom("backtrace")).and_then(|text| text.decode().ok());
    let text = text.as_ref().and_then(Term::as_binary).unwrap_or_default();
    host.console_write(Device::Stderr, text);
    Ok(true.into())
}

/// `erts_internal:open_port(Name, Settings)`: well-formed requests are refused and recorded.
pub(super) fn open_port(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let (name, settings) = (arguments.term(0)?, arguments.term(1)?);
    let is_command = |command: &Term| arguments::text(command).is_ok_and(|text| !text.is_empty());
    let reason = match name.as_tuple() {
        Some([kind, command]) if kind.is_atom("spawn") && is_command(command) => "enoent",
        Some([kind, file]) if kind.is_atom("spawn_executable") && is_command(file) => "enoent",
        Some([kind, input, output])
            if kind.is_atom("fd") && [input, output].iter().all(|fd| fd.as_int().is_some_and(|n| n >= 0)) =>
        {
            "eperm"
        }
        _ => return atom("badarg"),
    };
    if settings.as_list().is_none_or(|settings| !settings.iter().all(is_port_setting)) {
        return atom("badarg");
    }
    host.denied("open_port".into(), arguments.etf(0)?);
    atom(reason)
}

fn is_port_setting(setting: &Term) -> bool {
    const FLAGS: [&str; 10] =
        ["stream", "use_stdio", "nouse_stdio", "stderr_to_stdout", "exit_status", "eof", "in", "out", "binary", "hide"];
    const PAIRS: [&str; 8] = ["packet", "line", "cd", "env", "args", "arg0", "parallelism", "busy_limits_port"];
    match (setting.as_atom(), setting.as_tuple()) {
        (Some(flag), _) => FLAGS.contains(&flag),
        (_, Some([key, _])) => key.as_atom().is_some_and(|key| PAIRS.contains(&key) || key == "busy_limits_msgq"),
        _ => false,
    }
}

/// `now()`: a time that no other call gives.
pub(super) fn now(host: &mut Host, _: &Arguments<'_>) -> Answer {
    const MICROS_PER_SECOND: u64 = 1_000_000;
    let micros = host.system_time_nanos() / 1_000;
    let micros = host.kernel_mut().settings_mut().later_micros(micros);
    let seconds = micros / MICROS_PER_SECOND;
    let parts = [seconds / MICROS_PER_SECOND, seconds % MICROS_PER_SECOND, micros % MICROS_PER_SECOND];
    Ok(Term::tuple(parts.map(Term::from)).into())
}
