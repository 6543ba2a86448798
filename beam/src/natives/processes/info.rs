//! `process_info/1,2`: what the process knows of itself is answered here, the rest by the host.
//!
//! The host answers for other processes; where it needs what only such a process knows, it asks that process' instance,
//! which answers with [`local_item`].

use super::super::hosted::{self, hosted_number};
use super::super::{boolean, messages};
use super::flag;
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::term::Term;
use crate::vm::Vm;

/// Items of `process_info/1`, in its order. `registered_name` comes first, and only where there is one.
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

pub(super) fn process_info(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[0] != vm.pid {
        return hosted::call(vm, hosted_number!("erlang", "process_info", 1), args);
    }
    let mut items = vec![atoms::REGISTERED_NAME];
    for name in SUMMARY {
        items.push(vm.atom(name)?);
    }
    let mut pairs = own_items(vm, &items)?;
    if pairs[0].tuple().is_some_and(|pair| pair[1].is_nil()) {
        pairs.remove(0);
    }
    Ok(vm.heap.list(&pairs))
}

pub(super) fn process_info_items(vm: &mut Vm, args: &[Term]) -> Outcome {
    if args[0] != vm.pid {
        return hosted::call(vm, hosted_number!("erlang", "process_info", 2), args);
    }
    let item = args[1];
    if item.is_list() {
        let items = item.proper_list().ok_or(Fail::BADARG)?;
        let pairs = own_items(vm, &items)?;
        return Ok(vm.heap.list(&pairs));
    }
    let pair = own_items(vm, &[item])?[0];
    match pair.tuple() {
        // Asked for alone, a name that is not there is the empty list.
        Some([atoms::REGISTERED_NAME, Term::NIL]) => Ok(Term::NIL),
        _ => Ok(pair),
    }
}

/// `{Item, Value}` for each item, the host being asked once for all that it must answer.
fn own_items(vm: &mut Vm, items: &[Term]) -> Result<Vec<Term>, Fail> {
    let mut values = Vec::with_capacity(items.len());
    for item in items {
        values.push(local_item(vm, *item)?);
    }
    let missing: Vec<Term> = items.iter().zip(&values).filter(|(_, v)| v.is_none()).map(|(item, _)| *item).collect();
    if !missing.is_empty() {
        let missing = vm.heap.list(&missing);
        let answer = hosted::call(vm, hosted_number!("erlang", "process_info", 2), &[vm.pid, missing])?;
        let mut answers = answer.list();
        for value in values.iter_mut().filter(|v| v.is_none()) {
            *value = answers.next().and_then(Term::tuple).and_then(|pair| pair.get(1)).copied();
        }
    }
    let pairs = items.iter().zip(values);
    pairs.map(|(item, value)| Ok(vm.heap.tuple(&[*item, value.ok_or(Fail::BADARG)?]))).collect()
}

/// Words of a heap: never less than the process asked for, whatever it takes here.
fn heap_words(vm: &Vm, words: usize) -> i64 {
    (words as i64).max(vm.flags.min_heap_size as i64)
}

/// The value of an item that the process itself knows; nothing for the host's items and for what is no item.
pub fn local_item(vm: &mut Vm, item: Term) -> Result<Option<Term>, Fail> {
    let value = match vm.atom_name(item) {
        "message_queue_len" => {
            messages::fetch(vm);
            Term::small(vm.mailbox.messages.len() as i64)
        }
        "messages" => {
            messages::fetch(vm);
            let messages = messages::decoded(vm)?;
            vm.heap.list(&messages)
        }
        "dictionary" => {
            let entries = vm.dictionary.entries().to_vec();
            let pairs: Vec<Term> = entries.iter().map(|(key, value)| vm.heap.tuple(&[*key, *value])).collect();
            vm.heap.list(&pairs)
        }
        "reductions" => {
            let used = vm.reductions_so_far();
            vm.heap.uint(used)
        }
        "message_queue_data" => vm.atom(if vm.flags.is_off_heap { "off_heap" } else { "on_heap" })?,
        "error_handler" => vm.error_handler,
        "total_heap_size" => Term::small(heap_words(vm, vm.heap.block_words() + vm.heap.fragment_words)),
        "heap_size" => Term::small(heap_words(vm, vm.heap.block_words() - vm.heap.stack_words())),
        "stack_size" => Term::small(vm.heap.stack_words() as i64),
        "memory" => Term::small(memory_bytes(vm) as i64),
        "catchlevel" => Term::small(vm.catch_count() as i64),
        "fullsweep_after" => Term::small(vm.flags.fullsweep_after),
        "min_heap_size" => Term::small(vm.flags.min_heap_size as i64),
        "min_bin_vheap_size" => Term::small(vm.flags.min_bin_vheap_size as i64),
        "max_heap_size" => flag::write_max_heap_size(vm, vm.flags.max_heap_size)?,
        "async_dist" => boolean(vm.flags.is_async_dist),
        "garbage_collection" => collection_settings(vm)?,
        "garbage_collection_info" => collection_info(vm)?,
        "binary" => binaries(vm),
        "current_function" => match vm.current_functions(1).first().and_then(|frame| frame.tuple()) {
            Some([module, function, arity, ..]) => vm.heap.tuple(&[*module, *function, *arity]),
            _ => atoms::UNDEFINED,
        },
        "current_location" => vm.current_functions(1).first().copied().unwrap_or(atoms::UNDEFINED),
        "current_stacktrace" => {
            let frames = vm.current_functions(vm.flags.backtrace_depth);
            vm.heap.list(&frames)
        }
        "backtrace" => {
            let text = vm.backtrace();
            let bits = text.len() * 8;
            vm.heap.binary_from_vec(text.into_bytes(), bits)
        }
        "label" => {
            let key = vm.atom("$process_label")?;
            vm.dictionary.get(key).unwrap_or(atoms::UNDEFINED)
        }
        // Calls are not saved, no resource of a native is held, and there is no sequential tracing.
        "last_calls" => atoms::FALSE,
        "magic_ref" | "sequential_trace_token" => Term::NIL,
        _ => match item.tuple() {
            Some([atoms::DICTIONARY, key]) => vm.dictionary.get(*key).unwrap_or(atoms::UNDEFINED),
            _ => return Ok(None),
        },
    };
    Ok(Some(value))
}

/// Answers what is asked of the process while it does not run: an item of `process_info/2`, `garbage_collect`, `state` (the state
/// that a behaviour went on with last, as `sys:get_state/1` gives it; also of a process that would not answer), or one of these about
/// a module: `{module_loaded, Module}`, `{check_process_code, Module}`, `{delete_module, Module}`,
/// `{purge_module, Module}`. Nothing for what is none of these.
pub fn answer(vm: &mut Vm, question: Term) -> Result<Option<Term>, Fail> {
    if vm.atom_name(question) == "garbage_collect" {
        return Ok(Some(boolean(vm.collect_idle())));
    }
    if vm.atom_name(question) == "state" {
        return Ok(Some(vm.state).filter(|state| *state != Term::NONE));
    }
    let Some(&[what, module]) = question.tuple_of::<2>() else { return local_item(vm, question) };
    let is_so = match vm.atom_name(what) {
        "watch" => {
            vm.set_watch(module);
            true
        }
        "module_loaded" => vm.image.get().modules.contains_key(&module),
        "check_process_code" => vm.uses_old_code(module),
        "delete_module" => {
            vm.image.get_mut().delete_module(module);
            true
        }
        "purge_module" => {
            vm.image.get_mut().purge_module(module);
            true
        }
        _ => return local_item(vm, question),
    };
    Ok(Some(boolean(is_so)))
}

/// What a process takes besides its heap and its mailbox, in bytes: about what OTP counts. The same on every target.
const PROCESS_BYTES: usize = 760;

/// Bytes of heap, stack, mailbox and what belongs to the process besides.
fn memory_bytes(vm: &Vm) -> usize {
    let words = vm.heap.block_words() + vm.heap.fragment_words;
    words * 8 + vm.mailbox.encoded_bytes + PROCESS_BYTES
}

fn keyword_list(vm: &mut Vm, pairs: &[(&str, Term)]) -> Outcome {
    let mut items = Vec::with_capacity(pairs.len());
    for (key, value) in pairs {
        let key = vm.atom(key)?;
        items.push(vm.heap.tuple(&[key, *value]));
    }
    Ok(vm.heap.list(&items))
}

fn collection_settings(vm: &mut Vm) -> Outcome {
    let limit = flag::write_max_heap_size(vm, vm.flags.max_heap_size)?;
    let settings = [
        ("max_heap_size", limit),
        ("min_bin_vheap_size", Term::small(vm.flags.min_bin_vheap_size as i64)),
        ("min_heap_size", Term::small(vm.flags.min_heap_size as i64)),
        ("fullsweep_after", Term::small(vm.flags.fullsweep_after)),
        ("minor_gcs", Term::small(0)),
    ];
    keyword_list(vm, &settings)
}

fn collection_info(vm: &mut Vm) -> Outcome {
    let heap = &vm.heap;
    let min_bin_vheap_size = vm.flags.min_bin_vheap_size as usize;
    let sizes = [
        ("old_heap_block_size", 0),
        ("heap_block_size", heap.block_words()),
        ("mbuf_size", heap.fragment_words),
        ("recent_size", heap.heap_words().saturating_sub(heap.live_words)),
        ("stack_size", heap.stack_words()),
        ("old_heap_size", 0),
        ("heap_size", heap.heap_words()),
        ("bin_vheap_size", heap.off_heap_bytes / 8),
        ("bin_vheap_block_size", min_bin_vheap_size),
        ("bin_old_vheap_size", 0),
        ("bin_old_vheap_block_size", min_bin_vheap_size),
    ];
    keyword_list(vm, &sizes.map(|(name, words)| (name, Term::small(words as i64))))
}

/// `{Id, Bytes, References}` of each off-heap binary that the process refers to, newest first.
fn binaries(vm: &mut Vm) -> Term {
    let found = vm.heap.off_heap_binaries();
    let items: Vec<Term> =
        found.into_iter().map(|binary| vm.heap.tuple(&binary.map(|n| Term::small(n as i64)))).collect();
    vm.heap.list(&items)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare;
    use crate::host::NoHost;
    use crate::image::ImageRef;

    #[test]
    fn a_process_knows_its_own_items() {
        let mut vm = Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1));
        vm.mailbox.push(b"\x83\x61\x07");
        vm.dictionary.put(atoms::KEY, atoms::VALUE);
        let message = vm.heap.list(&[Term::small(7)]);
        let pair = vm.heap.tuple(&[atoms::KEY, atoms::VALUE]);
        let dictionary = vm.heap.list(&[pair]);
        let of_key = vm.heap.tuple(&[atoms::DICTIONARY, atoms::KEY]);
        let of_other = vm.heap.tuple(&[atoms::DICTIONARY, atoms::OK]);
        let mut item = |name: &str| vm.atom(name).unwrap();
        let cases = [
            (item("message_queue_len"), Some(Term::small(1))),
            (item("messages"), Some(message)),
            (item("dictionary"), Some(dictionary)),
            (of_key, Some(atoms::VALUE)),
            (of_other, Some(atoms::UNDEFINED)),
            (item("error_handler"), Some(atoms::ERROR_HANDLER)),
            (item("total_heap_size"), Some(Term::small(233))),
            (item("min_heap_size"), Some(Term::small(233))),
            (item("fullsweep_after"), Some(Term::small(65_535))),
            (item("last_calls"), Some(atoms::FALSE)),
            (item("label"), Some(atoms::UNDEFINED)),
            (item("sequential_trace_token"), Some(Term::NIL)),
            (item("binary"), Some(Term::NIL)),
            (item("links"), None),
            (item("status"), None),
            (item("foo"), None),
            (Term::small(1), None),
        ];
        for (item, expected) in cases {
            let found = local_item(&mut vm, item).unwrap();
            let is_same = match (found, expected) {
                (Some(a), Some(b)) => compare::eq_exact(a, b),
                (a, b) => a == b,
            };
            assert!(is_same, "{}: {found:?}", vm.atom_name(item));
        }
        assert_eq!(vm.mailbox.encoded_bytes, 0, "the message was decoded in its place");
    }
}
