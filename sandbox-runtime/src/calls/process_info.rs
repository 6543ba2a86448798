//! `process_info/1,2`: what the kernel knows, and what the process' own guest answers.

use shared::{Pid, Term};

use super::answer::{Answer, Failure};
use super::arguments::Arguments;
use crate::host::Host;
use crate::kernel::info::Info;

/// Items of `process_info/1` in its order. `registered_name` comes first, and only where there is one.
const SUMMARY: [&str; 16] = [
    "current_function",
    "initial_call",
    "status",
    "message_queue_len",
    "links",
    "dictionary",
    "trap_exit",
    "error_handler",
    "priority",
    "group_leader",
    "total_heap_size",
    "heap_size",
    "stack_size",
    "reductions",
    "garbage_collection",
    "suspending",
];

/// All other items.
const OTHERS: [&str; 24] = [
    "registered_name",
    "async_dist",
    "backtrace",
    "binary",
    "catchlevel",
    "current_location",
    "current_stacktrace",
    "fullsweep_after",
    "garbage_collection_info",
    "label",
    "last_calls",
    "magic_ref",
    "max_heap_size",
    "memory",
    "message_queue_data",
    "messages",
    "min_bin_vheap_size",
    "min_heap_size",
    "monitored_by",
    "monitors",
    "parent",
    "sequential_trace_token",
    "priority_messages",
    "dictionary",
];

fn undefined() -> Term {
    Term::atom("undefined")
}

pub(super) fn process_info(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let Some(target) = arguments.own_pid(0)? else { return Ok(undefined().into()) };
    let mut pairs = Vec::with_capacity(1 + SUMMARY.len());
    for name in std::iter::once("registered_name").chain(SUMMARY) {
        let Some(value) = item(host, target, &Term::atom(name))? else { return Ok(undefined().into()) };
        if name != "registered_name" || value != Term::Nil {
            pairs.push(Term::tuple([Term::atom(name), value]));
        }
    }
    Ok(Term::list(pairs).into())
}

/// `process_info(Pid, Item)` and `process_info(Pid, Items)`
pub(super) fn process_info_items(host: &mut Host, arguments: &Arguments<'_>) -> Answer {
    let Some(target) = arguments.own_pid(0)? else { return Ok(undefined().into()) };
    let wanted = arguments.term(1)?;
    let Some(items) = wanted.as_list() else {
        let Some(value) = item(host, target, &wanted)? else { return Ok(undefined().into()) };
        // Asked for alone, a name that is not there is the empty list.
        let is_no_name = wanted.is_atom("registered_name") && value == Term::Nil;
        return Ok(if is_no_name { Term::Nil } else { Term::tuple([wanted, value]) }.into());
    };
    if !items.iter().all(is_known) {
        return Err(Failure::badarg());
    }
    let mut pairs = Vec::with_capacity(items.len());
    for name in items {
        let Some(value) = item(host, target, name)? else { return Ok(undefined().into()) };
        pairs.push(Term::tuple([name.clone(), value]));
    }
    if pairs.is_empty() && !host.is_process_alive(target) {
        return Ok(undefined().into());
    }
    Ok(Term::list(pairs).into())
}

fn is_known(item: &Term) -> bool {
    match (item.as_atom(), item.as_tuple()) {
        (Some(name), _) => SUMMARY.contains(&name) || OTHERS.contains(&name),
        (_, Some([key, _])) => key.is_atom("dictionary"),
        _ => false,
    }
}

/// The value of an item; `None`: the process is not alive.
fn item(host: &mut Host, target: Pid, item: &Term) -> Result<Option<Term>, Failure> {
    if !is_known(item) {
        return Err(Failure::badarg());
    }
    if item.is_atom("initial_call") {
        return Ok(host.is_process_alive(target).then(|| before_first_turn(host, target, item)));
    }
    if let Some(name) = item.as_atom().filter(|name| *name != "messages") {
        match host.process_info(target, name) {
            Info::Dead => return Ok(None),
            Info::Value(value) => return Ok(Some(value)),
            Info::AskGuest => {}
        }
    } else if !host.is_process_alive(target) {
        return Ok(None);
    }
    let answer = host.ask(target, item).and_then(|answer| answer.decode().ok());
    let value = match answer {
        Some(value) => value,
        None => before_first_turn(host, target, item),
    };
    if item.is_atom("messages") {
        let on_the_way = host.messages_on_the_way(target).into_iter().filter_map(|message| message.decode().ok());
        let messages = value.as_list().unwrap_or_default().iter().cloned().chain(on_the_way);
        return Ok(Some(Term::list(messages)));
    }
    Ok(Some(value))
}

/// What a process that has not had a turn, and so has no guest, would answer.
fn before_first_turn(host: &Host, target: Pid, item: &Term) -> Term {
    const MIN_HEAP_WORDS: i64 = 233;
    let entry = host.kernel().process(target).map(|process| &process.entry);
    let function = || {
        let entry = entry?;
        let arity = entry.args.decode().ok()?.as_list()?.len();
        let arity = i64::try_from(arity).ok()?;
        Some([entry.module.clone().into(), entry.function.clone().into(), Term::Int(arity)])
    };
    let at = |name: &str| {
        function().map_or_else(undefined, |[module, function, arity]| match name {
            "current_location" => Term::tuple([module, function, arity, Term::Nil]),
            _ => Term::tuple([module, function, arity]),
        })
    };
    let Some(name) = item.as_atom() else { return undefined() };
    match name {
        "current_function" | "current_location" | "initial_call" => at(name),
        "error_handler" => Term::atom("error_handler"),
        "total_heap_size" | "heap_size" | "min_heap_size" => Term::Int(MIN_HEAP_WORDS),
        "stack_size" | "catchlevel" | "memory" => Term::Int(0),
        "message_queue_data" => Term::atom("on_heap"),
        "async_dist" | "last_calls" => Term::bool(false),
        "backtrace" => Term::binary(&b""[..]),
        "dictionary"
        | "messages"
        | "current_stacktrace"
        | "binary"
        | "magic_ref"
        | "sequential_trace_token"
        | "garbage_collection"
        | "garbage_collection_info" => Term::Nil,
        _ => undefined(),
    }
}
