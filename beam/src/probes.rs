//! Places in the library at which a process tells what it is about: behaviours that go on with another state, and supervisors
//! that act on their children.
//!
//! The library runs as it is; the loader puts an instruction in front of these functions. What they are called and what their
//! arguments are is the same in the releases that we run; where a release has no such function, nothing is told.

use crate::etf::{self, EncodeOptions};
use crate::host::Note;
use crate::term::Term;
use crate::vm::Vm;

/// A function and what its arguments tell.
pub struct Probe {
    module: &'static str,
    function: &'static str,
    arity: u32,
    what: What,
}

enum What {
    /// This is the state that the process goes on with.
    State(Part),
    /// A supervisor acts; the parts say on whom.
    Supervision(&'static str, &'static [Part]),
}

/// An argument, or an element of one that is a tuple.
#[derive(Clone, Copy)]
enum Part {
    Argument(usize),
    Element(usize, usize),
}

use Part::{Argument, Element};

const fn state(module: &'static str, function: &'static str, arity: u32, state: Part) -> Probe {
    Probe { module, function, arity, what: What::State(state) }
}

const fn acts(
    module: &'static str,
    function: &'static str,
    arity: u32,
    action: &'static str,
    parts: &'static [Part],
) -> Probe {
    Probe { module, function, arity, what: What::Supervision(action, parts) }
}

const DYNAMIC: &str = "Elixir.DynamicSupervisor";

/// All of them. A record `child` of a supervisor has the process as its first field and the name as its second one.
const PROBES: &[Probe] = &[
    state("gen_server", "loop", 7, Argument(2)),
    state("gen_statem", "loop_receive", 3, Element(2, 1)),
    state("gen_event", "fetch_msg", 6, Argument(2)),
    acts("supervisor", "do_start_child_i", 3, "start_child", &[Argument(0), Argument(1)]),
    acts("supervisor", "do_restart", 3, "child_ended", &[Element(1, 1), Element(1, 2)]),
    acts("supervisor", "restart", 3, "restart_child", &[Argument(0), Element(1, 2)]),
    acts("supervisor", "do_terminate", 2, "terminate_child", &[Element(0, 1), Element(0, 2)]),
    acts(DYNAMIC, "start_child", 3, "start_child", &[Argument(0), Argument(1)]),
    acts(DYNAMIC, "maybe_restart_child", 5, "child_ended", &[Argument(2)]),
    acts(DYNAMIC, "restart_child", 4, "restart_child", &[Argument(0), Argument(1)]),
    acts(DYNAMIC, "exit_child", 3, "terminate_child", &[Argument(0)]),
];

/// Number of the probe of a function, if it has one.
pub fn number(module: &str, function: &str, arity: u32) -> Option<u16> {
    let is_it = |probe: &Probe| probe.module == module && probe.function == function && probe.arity == arity;
    PROBES.iter().position(is_it).map(|number| number as u16)
}

/// A function with a probe is called.
pub fn reached(vm: &mut Vm, number: u16) {
    match PROBES.get(usize::from(number)).map(|probe| &probe.what) {
        Some(What::State(part)) => {
            let now = part.of(vm);
            let before = std::mem::replace(&mut vm.state, now);
            if before != Term::NONE && !is_same(before, vm.state) {
                vm.host.note(Note::StateChanged);
            }
        }
        Some(What::Supervision(action, parts)) => {
            let parts: Vec<Term> = parts.iter().map(|part| part.of(vm)).collect();
            let detail = vm.heap.tuple(&parts);
            if let Ok(detail) = etf::encode(vm.image.get(), detail, EncodeOptions::default()) {
                vm.host.report(action, &detail);
            }
        }
        None => {}
    }
}

impl Part {
    fn of(self, vm: &Vm) -> Term {
        match self {
            Argument(register) => vm.x[register],
            Element(register, at) => vm.x[register].tuple().and_then(|it| it.get(at).copied()).unwrap_or(Term::NIL),
        }
    }
}

/// Whether two terms are the same one, not only equal: what a callback gives back untouched. Pairs of the same terms are the same,
/// since `gen_statem` makes a new one each time.
fn is_same(a: Term, b: Term) -> bool {
    a == b || matches!((a.tuple(), b.tuple()), (Some([a1, a2]), Some([b1, b2])) if a1 == b1 && a2 == b2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_has_one_probe_or_none() {
        for (i, probe) in PROBES.iter().enumerate() {
            assert_eq!(number(probe.module, probe.function, probe.arity), Some(i as u16));
        }
        assert_eq!(number("gen_server", "loop", 6), None);
    }
}
