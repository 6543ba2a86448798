//! Options of `monitor/3` and of `spawn_opt` (OTP: module `erlang`).

use shared::{Etf, Term};

use super::answer::Failure;
use super::arguments::truth;
use crate::kernel::alias::AliasMode;
use crate::kernel::flags::Priority;
use crate::kernel::monitor::MonitorOptions;
use crate::kernel::spawn::SpawnOptions;

/// Reads the options of `monitor/3`.
pub(super) fn monitor(options: &[Term]) -> Result<MonitorOptions, Failure> {
    let mut read = MonitorOptions::default();
    for option in options {
        match option.as_tuple() {
            Some([key, value]) if key.is_atom("alias") => read.alias = Some(alias_mode(value)?),
            Some([key, value]) if key.is_atom("tag") => read.tag = Some(Etf::of(value)),
            _ => return Err(Failure::badarg()),
        }
    }
    Ok(read)
}

fn alias_mode(mode: &Term) -> Result<AliasMode, Failure> {
    match mode.as_atom() {
        Some("explicit_unalias") => Ok(AliasMode::ExplicitUnalias),
        Some("demonitor") => Ok(AliasMode::Demonitor),
        Some("reply_demonitor") => Ok(AliasMode::ReplyDemonitor),
        _ => Err(Failure::badarg()),
    }
}

/// What a `spawn_request` is to be answered with.
pub(super) struct Reply {
    /// First element of the answer.
    pub(super) tag: Term,
    /// Whether success is told.
    pub(super) on_success: bool,
    /// Whether failure is told.
    pub(super) on_error: bool,
}

impl Default for Reply {
    fn default() -> Self {
        Reply { tag: Term::atom("spawn_reply"), on_success: true, on_error: true }
    }
}

/// Options of a new process: those of the kernel, and the flags that its guest keeps.
#[derive(Default)]
pub(super) struct Spawn {
    pub(super) kernel: SpawnOptions,
    /// `{Flag, Value}` of each flag.
    pub(super) flags: Vec<Term>,
    pub(super) reply: Reply,
}

/// Whether the options of `spawn_request` are meant too.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Form {
    /// `spawn_opt`
    Spawn,
    /// `spawn_request`
    Request,
}

/// Reads the options of `spawn_opt` or `spawn_request`.
pub(super) fn spawn(options: &[Term], form: Form) -> Result<Spawn, Failure> {
    let mut read = Spawn::default();
    for option in options {
        match (option.as_atom(), option.as_tuple()) {
            (Some("link"), _) => read.kernel.link = true,
            (Some("monitor"), _) => read.kernel.monitor = Some(MonitorOptions::default()),
            (_, Some([key, value])) => spawn_pair(&mut read, key, value, form)?,
            _ => return Err(Failure::badarg()),
        }
    }
    Ok(read)
}

fn spawn_pair(read: &mut Spawn, key: &Term, value: &Term, form: Form) -> Result<(), Failure> {
    let is_natural = value.as_int().is_some_and(|n| n >= 0);
    let is_flag = match key.as_atom() {
        Some("monitor") => {
            read.kernel.monitor = Some(monitor(value.as_list().ok_or(Failure::badarg())?)?);
            return Ok(());
        }
        Some("priority") => {
            let level = value.as_atom().and_then(Priority::from_name).ok_or(Failure::badarg())?;
            read.kernel.priority = Some(level);
            return Ok(());
        }
        Some("reply_tag") if form == Form::Request => {
            read.reply.tag = value.clone();
            return Ok(());
        }
        Some("reply") if form == Form::Request => {
            (read.reply.on_success, read.reply.on_error) = match value.as_atom() {
                Some("yes") => (true, true),
                Some("no") => (false, false),
                Some("success_only") => (true, false),
                Some("error_only") => (false, true),
                _ => return Err(Failure::badarg()),
            };
            return Ok(());
        }
        Some("fullsweep_after" | "min_heap_size" | "min_bin_vheap_size") => is_natural,
        Some("max_heap_size") => is_max_heap_size(value),
        Some("message_queue_data") => value.is_atom("on_heap") || value.is_atom("off_heap"),
        Some("async_dist") => truth(value).is_ok(),
        // The machine has one scheduler.
        Some("scheduler") => matches!(value.as_int(), Some(0 | 1)),
        _ => false,
    };
    if !is_flag {
        return Err(Failure::badarg());
    }
    read.flags.push(Term::tuple([key.clone(), value.clone()]));
    Ok(())
}

/// Whether a value is a limit of a heap: words, or a map with `size`. A limit below the smallest heap is none.
fn is_max_heap_size(value: &Term) -> bool {
    const MIN_HEAP_WORDS: i64 = 233;
    let is_size = |size: &Term| size.as_int().is_some_and(|words| words == 0 || words >= MIN_HEAP_WORDS);
    match value {
        Term::Map(map) => {
            let are_valid = map.pairs().iter().all(|(key, value)| match key.as_atom() {
                Some("size") => is_size(value),
                Some("kill" | "error_logger" | "include_shared_binaries") => truth(value).is_ok(),
                _ => true,
            });
            are_valid && map.pairs().iter().any(|(key, _)| key.is_atom("size"))
        }
        value => is_size(value),
    }
}
