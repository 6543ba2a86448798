//! A supervisor, its workers, and what becomes of them.

use shared::event::{Entry, Event, EventKind, ExitedBy};
use shared::ids::EventSeq;
use shared::term::Atom;
use shared::{Etf, Term, VirtualTime};
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

use super::*;

#[derive(Default)]
struct Story {
    world: World,
    seq: u64,
}

impl Story {
    fn happens(&mut self, pid: Option<u64>, kind: EventKind) {
        self.seq += 1;
        self.world.apply(&Event {
            seq: EventSeq(self.seq),
            at: VirtualTime(self.seq),
            pid: pid.map(Pid),
            reductions: 0,
            cause: None,
            kind,
        });
    }

    /// A process of a generic behaviour begins, as `gen` of Erlang/OTP begins it.
    fn begins(&mut self, parent: Option<u64>, pid: u64, generic: &str, module: Term, arguments: Term) {
        let call =
            Term::list([Term::atom(generic), Term::pid(Pid(1)), Term::pid(Pid(1)), module, arguments, Term::Nil]);
        let entry = Entry::new("gen", "init_it", Etf::of(&call));
        self.happens(parent, EventKind::Spawned { child: Pid(pid), entry, linked: true, monitor: None });
    }

    fn plain(&mut self, parent: Option<u64>, pid: u64, module: &str) {
        let entry = Entry::new(module, "run", Etf::of(&Term::Nil));
        self.happens(parent, EventKind::Spawned { child: Pid(pid), entry, linked: false, monitor: None });
    }

    fn supervisor(&mut self, parent: Option<u64>, pid: u64, module: &str) {
        let arguments = Term::tuple([Term::atom("self"), Term::atom(module), Term::Nil]);
        self.begins(parent, pid, "gen_server", Term::atom("supervisor"), arguments);
    }

    fn worker(&mut self, parent: u64, pid: u64, name: &str) {
        self.begins(Some(parent), pid, "gen_server", Term::atom("Elixir.Worker"), Term::Nil);
        self.happens(Some(pid), EventKind::Registered { name: Atom::new(name), target: Pid(pid) });
    }

    fn ends(&mut self, pid: u64, reason: &str) {
        let kind = EventKind::Exited { reason: Etf::atom(reason), by: ExitedBy::Itself };
        self.happens(Some(pid), kind);
    }

    fn shown(&self) -> Vec<String> {
        let rows = rows(&self.world, false, &BTreeSet::new());
        rows.iter()
            .map(|row| format!("{}{} {} {}", "  ".repeat(row.depth), row.name, row.state, row.restarts))
            .collect()
    }
}

fn crew() -> Story {
    let mut story = Story::default();
    story.supervisor(None, 10, "Elixir.Crew");
    story.worker(10, 11, "alice");
    story.worker(10, 12, "bob");
    story
}

#[test]
fn workers_stand_under_their_supervisor() {
    let story = crew();
    assert_eq!(story.shown(), ["<0.10.0> alive 0", "  :alice alive 0", "  :bob alive 0"]);
    let rows = rows(&story.world, false, &BTreeSet::from([Pid(10)]));
    assert_eq!((rows.len(), rows[0].is_open, rows[0].shape), (1, Some(false), "supervisor"));
}

#[test]
fn a_crash_is_seen_until_somebody_takes_the_place() {
    let mut story = crew();
    story.ends(11, "kill");
    assert_eq!(story.shown(), ["<0.10.0> alive 0", "  :alice crashed 0", "  :bob alive 0"]);
    story.worker(10, 13, "alice");
    assert_eq!(story.shown(), ["<0.10.0> alive 0", "  :alice alive 1", "  :bob alive 0"], "in the same place");
    story.ends(13, "kill");
    story.worker(10, 14, "alice");
    assert_eq!(story.shown()[1], "  :alice alive 2");
    assert_eq!(restarts_and_crashes(&story.world, &BTreeSet::new()), (2, 2));
}

#[test]
fn whoever_ends_in_order_is_gone() {
    let mut story = crew();
    story.ends(12, "normal");
    assert_eq!(story.shown(), ["<0.10.0> alive 0", "  :alice alive 0"]);
    story.ends(10, "shutdown");
    assert_eq!(story.shown(), [":alice alive 0"], "those who stay stand by themselves");
}

#[test]
fn the_system_is_shown_to_those_who_want_to_see_it() {
    let mut story = crew();
    story.plain(None, 1, "init");
    story.supervisor(Some(1), 2, "kernel");
    story.plain(Some(1), 3, "Elixir.Kernel.CLI");
    story.plain(Some(3), 4, "elixir_erl_compiler");
    story.plain(Some(3), 5, "Elixir.Mine");
    assert_eq!(story.shown()[..2], ["script alive 0", "  <0.5.0> alive 0"]);
    assert_eq!((story.shown().len(), rows(&story.world, true, &BTreeSet::new()).len()), (5, 8));
    assert_eq!(system(&story.world), BTreeSet::from([Pid(1), Pid(2), Pid(4)]));
}

#[test]
fn a_system_that_had_booted_before_is_known_by_its_numbers() {
    let mut story = Story::default();
    story.plain(Some(2), 53, "Elixir.Kernel.CLI");
    story.plain(Some(8), 54, "application_master");
    story.plain(Some(54), 55, "Elixir.Logger");
    story.plain(Some(53), 56, "Elixir.Mine");
    // Whoever started it is forgotten.
    story.plain(Some(60), 61, "Elixir.Mine");
    assert_eq!(system(&story.world), BTreeSet::from([Pid(54), Pid(55)]));
}

#[test]
fn what_a_script_starts_is_part_of_the_program() {
    let mut story = Story::default();
    story.plain(None, 1, "init");
    story.plain(Some(1), 2, SCRIPT);
    story.plain(Some(2), 3, "elixir_compiler_0");
    story.plain(Some(2), 4, "elixir_checker");
    let shown: Vec<u64> = rows(&story.world, false, &BTreeSet::new()).iter().map(|row| row.pid.0).collect();
    assert_eq!(shown, [2, 3]);
}
