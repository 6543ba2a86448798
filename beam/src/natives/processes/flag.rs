//! `process_flag/2`: flags that only the process itself looks at are kept in it, the others at the host.

use super::super::boolean;
use super::super::hosted::{self, hosted_number};
use crate::atoms;
use crate::fail::{Fail, Outcome};
use crate::flags::{MAX_BACKTRACE_DEPTH, MAX_FULLSWEEP_AFTER, MaxHeapSize, next_heap_size};
use crate::map;
use crate::term::Term;
use crate::vm::Vm;

/// Most calls that `save_calls` may ask to remember.
const MAX_SAVED_CALLS: u64 = 10_000;

/// A flag of the whole system, which processes are told when they begin.
const SYSTEM_FLAG: &str = "backtrace_depth";

/// Flags that the host keeps.
const HOSTED_FLAGS: [&str; 2] = ["trap_exit", "priority"];

/// There is no such flag.
const UNKNOWN: Fail = Fail::ErrorCause(atoms::BADARG, atoms::BADOPT);

pub(super) fn process_flag(vm: &mut Vm, args: &[Term]) -> Outcome {
    if vm.atom_name(args[0]) == SYSTEM_FLAG {
        return Err(UNKNOWN);
    }
    match set(vm, args[0], args[1])? {
        Some(old) => Ok(old),
        None if !HOSTED_FLAGS.contains(&vm.atom_name(args[0])) => Err(UNKNOWN),
        None => hosted::call(vm, hosted_number!("erlang", "process_flag", 2), args),
    }
}

/// Sets a flag that the process keeps itself, and gives its old value; nothing if the flag belongs to the host. Also used
/// for the options of `spawn_opt` when a process begins.
pub fn set(vm: &mut Vm, flag: Term, value: Term) -> Result<Option<Term>, Fail> {
    let old = match vm.atom_name(flag) {
        "error_handler" => {
            let is_module = value.is_atom();
            std::mem::replace(&mut vm.error_handler, if is_module { value } else { return Err(Fail::BADARG) })
        }
        "min_heap_size" => {
            let words = next_heap_size(natural(value)?);
            vm.heap.set_min_words(words_of(words));
            Term::small(std::mem::replace(&mut vm.flags.min_heap_size, words) as i64)
        }
        "min_bin_vheap_size" => {
            let words = next_heap_size(natural(value)?);
            Term::small(std::mem::replace(&mut vm.flags.min_bin_vheap_size, words) as i64)
        }
        "max_heap_size" => {
            let new = read_max_heap_size(vm, value)?;
            let old = std::mem::replace(&mut vm.flags.max_heap_size, new);
            limit_heap(vm);
            write_max_heap_size(vm, old)?
        }
        "fullsweep_after" => {
            let count = natural(value)?.min(MAX_FULLSWEEP_AFTER as u64) as i64;
            Term::small(std::mem::replace(&mut vm.flags.fullsweep_after, count))
        }
        "save_calls" => {
            let count = Some(natural(value)?).filter(|n| *n <= MAX_SAVED_CALLS).ok_or(Fail::BADARG)?;
            Term::small(std::mem::replace(&mut vm.flags.save_calls, count as i64))
        }
        "sensitive" => {
            let is_sensitive = truth(value)?;
            boolean(std::mem::replace(&mut vm.flags.is_sensitive, is_sensitive))
        }
        "async_dist" => {
            let is_async = truth(value)?;
            boolean(std::mem::replace(&mut vm.flags.is_async_dist, is_async))
        }
        "message_queue_data" => {
            let is_off_heap = match vm.atom_name(value) {
                "off_heap" => true,
                "on_heap" => false,
                _ => return Err(Fail::BADARG),
            };
            let was_off_heap = std::mem::replace(&mut vm.flags.is_off_heap, is_off_heap);
            vm.atom(if was_off_heap { "off_heap" } else { "on_heap" })?
        }
        SYSTEM_FLAG => {
            let depth = natural(value)?.min(MAX_BACKTRACE_DEPTH as u64) as usize;
            Term::small(std::mem::replace(&mut vm.flags.backtrace_depth, depth) as i64)
        }
        // The machine has one scheduler.
        "scheduler" => {
            let number = Some(natural(value)?).filter(|n| *n <= 1).ok_or(Fail::BADARG)?;
            Term::small(std::mem::replace(&mut vm.flags.scheduler, number as i64))
        }
        "monitor_nodes" => {
            let monitors = if truth(value)? { vm.flags.node_monitors + 1 } else { 0 };
            Term::small(std::mem::replace(&mut vm.flags.node_monitors, monitors))
        }
        _ => match flag.tuple() {
            Some([name, options]) if vm.atom_name(*name) == "monitor_nodes" => {
                truth(value)?;
                if !options.is_map() && options.proper_list().is_none() {
                    return Err(Fail::BADARG);
                }
                Term::small(0)
            }
            _ => return Ok(None),
        },
    };
    Ok(Some(old))
}

/// The lower one of the machine's limit and the process' own.
fn limit_heap(vm: &mut Vm) {
    let machine = *vm.flags.machine_limit_words.get_or_insert(vm.heap.max_words());
    let MaxHeapSize { size, kill, .. } = vm.flags.max_heap_size;
    let own = if kill { words_of(size) } else { 0 };
    vm.heap.set_max_words(match (machine, own) {
        (0, limit) | (limit, 0) => limit,
        (a, b) => a.min(b),
    });
}

fn read_max_heap_size(vm: &Vm, value: Term) -> Result<MaxHeapSize, Fail> {
    let mut limit = MaxHeapSize::default();
    if value.is_map() {
        let mut size = None;
        for (key, value) in map::iter(value) {
            match vm.atom_name(key) {
                "size" => size = Some(natural(value)?),
                "kill" => limit.kill = truth(value)?,
                "error_logger" => limit.error_logger = truth(value)?,
                "include_shared_binaries" => limit.include_shared_binaries = truth(value)?,
                _ => {}
            }
        }
        limit.size = size.ok_or(Fail::BADARG)?;
    } else {
        limit.size = natural(value)?;
    }
    let is_room = limit.size == 0 || limit.size >= vm.flags.min_heap_size;
    if is_room { Ok(limit) } else { Err(Fail::BADARG) }
}

/// The map that `process_flag/2` and `process_info/2` give for `max_heap_size`.
pub fn write_max_heap_size(vm: &mut Vm, limit: MaxHeapSize) -> Outcome {
    let mut pairs = vec![
        (atoms::SIZE, Term::small(limit.size as i64)),
        (atoms::KILL, boolean(limit.kill)),
        (vm.atom("error_logger")?, boolean(limit.error_logger)),
        (vm.atom("include_shared_binaries")?, boolean(limit.include_shared_binaries)),
    ];
    Ok(map::from_pairs(&mut vm.heap, vm.image.get(), &mut pairs))
}

fn natural(value: Term) -> Result<u64, Fail> {
    value.small_value().and_then(|n| u64::try_from(n).ok()).ok_or(Fail::BADARG)
}

/// A number of words for the heap. More than the memory can have is as much as it can have.
fn words_of(words: u64) -> usize {
    usize::try_from(words).unwrap_or(usize::MAX / 16)
}

fn truth(value: Term) -> Result<bool, Fail> {
    match value {
        atoms::TRUE => Ok(true),
        atoms::FALSE => Ok(false),
        _ => Err(Fail::BADARG),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::NoHost;
    use crate::image::ImageRef;

    #[test]
    fn flags_keep_their_values_and_refuse_others_as_in_otp() {
        let mut vm = Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1));
        let foo = vm.atom("foo").unwrap();
        let huge = Term::small(1 << 40);
        for (name, value, expected) in [
            ("error_handler", foo, Some(atoms::ERROR_HANDLER)),
            ("error_handler", Term::small(1), None),
            ("error_handler", atoms::ERROR_HANDLER, Some(foo)),
            ("min_heap_size", Term::small(300), Some(Term::small(233))),
            ("min_heap_size", Term::small(-1), None),
            ("min_heap_size", foo, None),
            ("min_heap_size", Term::small(100_000), Some(Term::small(376))),
            ("max_heap_size", Term::small(10), None),
            ("min_bin_vheap_size", Term::small(100), Some(Term::small(46_422))),
            ("save_calls", Term::small(10), Some(Term::small(0))),
            ("save_calls", Term::small(10_001), None),
            ("save_calls", Term::small(0), Some(Term::small(10))),
            ("sensitive", atoms::TRUE, Some(atoms::FALSE)),
            ("sensitive", foo, None),
            ("fullsweep_after", Term::small(5), Some(Term::small(65_535))),
            ("fullsweep_after", huge, Some(Term::small(5))),
            ("fullsweep_after", Term::small(-1), None),
            ("fullsweep_after", Term::small(1), Some(Term::small(65_535))),
            ("async_dist", atoms::TRUE, Some(atoms::FALSE)),
            ("monitor_nodes", atoms::TRUE, Some(Term::small(0))),
            ("monitor_nodes", atoms::FALSE, Some(Term::small(1))),
            ("scheduler", Term::small(1), Some(Term::small(0))),
            ("scheduler", Term::small(9), None),
        ] {
            let flag = vm.atom(name).unwrap();
            let expected = expected.map(Some).ok_or(Fail::BADARG);
            assert_eq!(set(&mut vm, flag, value), expected, "{name} {value:?}");
        }
        let trap_exit = vm.atom("trap_exit").unwrap();
        assert_eq!(set(&mut vm, trap_exit, atoms::TRUE), Ok(None), "the host keeps it");
    }

    #[test]
    fn the_lower_limit_of_machine_and_program_holds() {
        let mut vm = Vm::new(ImageRef::new(), Box::new(NoHost::new()), Term::pid(1));
        vm.heap.set_max_words(1000);
        let flag = vm.atom("max_heap_size").unwrap();
        for (own, expected) in [(500, 500), (5000, 1000), (0, 1000)] {
            set(&mut vm, flag, Term::small(own)).unwrap();
            assert_eq!(vm.heap.max_words(), expected);
        }
        let mut pairs = vec![(atoms::SIZE, Term::small(400)), (atoms::KILL, atoms::FALSE)];
        let soft = map::from_pairs(&mut vm.heap, vm.image.get(), &mut pairs);
        set(&mut vm, flag, soft).unwrap();
        assert_eq!(vm.heap.max_words(), 1000, "a limit that does not kill is no limit");
        let without_size = map::from_pairs(&mut vm.heap, vm.image.get(), &mut vec![(atoms::KILL, atoms::FALSE)]);
        assert_eq!(set(&mut vm, flag, without_size), Err(Fail::BADARG));
    }
}
