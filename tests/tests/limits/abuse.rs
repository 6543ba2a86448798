//! One program for each limit. Beside every one of them an honest sandbox runs turn by turn, and does the same as alone.

use sandbox_runtime::machine::Stopped;
use shared::Term;
use shared::event::{EventKind, ExitedBy};
use shared::limits::{LimitKind, Limits};

use crate::sandbox::{End, FIRST, Sandbox, abuser, end, sandbox, some_code, victim, victim_alone};

/// Turns after which a program counts as endless.
const MAX_TURNS: u64 = 400_000;
/// Turns of the abuser for one of the honest sandbox.
const TURNS_AT_ONCE: u64 = 20;

/// Limits small enough for a test.
fn small() -> Limits {
    Limits {
        processes: 200,
        mailbox_messages: 2_000,
        mailbox_bytes: 4 << 20,
        message_bytes: 1 << 20,
        timers: 500,
        ets_tables: 50,
        ets_bytes: 4 << 20,
        process_bytes: 32 << 20,
        total_bytes: 96 << 20,
        links: 2_000,
        total_reductions: 400_000_000,
        ..Limits::default()
    }
}

/// Runs a program beside the honest one.
fn run(mut machine: Sandbox) -> (End, Sandbox) {
    let mut other = victim();
    let mut events = Vec::new();
    for _ in 0..MAX_TURNS / TURNS_AT_ONCE {
        let stopped = machine.run(TURNS_AT_ONCE);
        other.run(1);
        events.extend(machine.take_events());
        let is_over = machine.kernel().process(FIRST).is_none();
        if is_over || stopped != Stopped::TurnLimit {
            break;
        }
    }
    other.run(MAX_TURNS);
    assert!(other.take_events() == *victim_alone(), "the honest sandbox did what it does alone");
    let end = end(&machine, &events);
    (end, machine)
}

/// The program is told of the limit, and lives.
#[track_caller]
fn told(limits: Limits, name: &str, argument: i64, answer: &str, reached: &[LimitKind]) {
    let (end, _) = run(abuser(limits, name, argument));
    assert!(end.halted.is_none(), "{name}: {end:?}");
    assert_eq!((end.reason, end.by), (format!("{{told,{answer}}}"), Some(ExitedBy::Itself)));
    assert_eq!(end.reached, reached);
}

/// The program is killed for it.
#[track_caller]
fn killed(limits: Limits, name: &str, argument: i64, limit: LimitKind) {
    let (end, _) = run(abuser(limits, name, argument));
    let reason = format!("{{system_limit,{}}}", limit.atom());
    let expected = (reason, Some(ExitedBy::Limit(limit)), vec![limit]);
    assert_eq!((end.reason, end.by, end.reached), expected, "{name}");
}

const REFUSED: &str = "{error,system_limit}";

#[test]
fn a_loop_without_end_halts_its_sandbox() {
    let limits = Limits { total_reductions: 1_000_000, ..small() };
    let (end, machine) = run(abuser(limits, "endless_loop", 0));
    assert_eq!(end.halted.as_deref(), Some("{system_limit,total_reductions}"));
    assert_eq!(end.reached, [LimitKind::TotalReductions]);
    assert!((1_000_000..1_010_000).contains(&machine.kernel().total_reductions()));
}

#[test]
fn who_takes_too_much_memory_is_killed() {
    for name in ["list_bomb", "deep_recursion", "binary_bomb", "kept_binaries", "dictionary_bomb"] {
        killed(small(), name, 0, LimitKind::ProcessBytes);
    }
    killed(small(), "huge_list", 10_000_000, LimitKind::ProcessBytes);
    killed(small(), "huge_binary", 100 << 20, LimitKind::ProcessBytes);
}

#[test]
fn what_no_memory_could_hold_is_refused_at_once() {
    told(small(), "huge_integer", 1_i64 << 40, REFUSED, &[]);
}

#[test]
fn a_process_that_limits_its_own_heap_is_killed_as_in_otp() {
    let (end, _) = run(abuser(small(), "max_heap_size", 0));
    assert_eq!((end.reason.as_str(), end.by, end.reached), ("killed", Some(ExitedBy::Itself), vec![]));
}

#[test]
fn processes_share_the_memory_of_their_sandbox() {
    told(small(), "many_memories", 100, "{system_limit,total_bytes}", &[LimitKind::TotalBytes]);
}

#[test]
fn more_processes_than_allowed_are_refused() {
    told(small(), "fork_bomb", 0, REFUSED, &[LimitKind::Processes]);
    let limits = Limits { total_reductions: 20_000_000, ..small() };
    for (name, argument) in [("fork_tree", 0), ("chain", 1_000_000)] {
        let (end, machine) = run(abuser(limits.clone(), name, argument));
        assert!(end.reached.contains(&LimitKind::Processes), "{name}: {end:?}");
        assert!(machine.kernel().process_count() <= 200 && machine.guest_count() <= 200);
    }
}

#[test]
fn a_full_mailbox_kills_its_owner() {
    killed(small(), "self_flood", 0, LimitKind::MailboxMessages);
    told(small(), "flood", 3_000, "{system_limit,mailbox_messages}", &[LimitKind::MailboxMessages]);
    told(small(), "byte_flood", 1_000, "{system_limit,mailbox_bytes}", &[LimitKind::MailboxBytes]);
}

#[test]
fn what_is_too_large_to_be_sent_is_refused() {
    told(small(), "huge_message", 2 << 20, REFUSED, &[LimitKind::MessageBytes]);
    // Small where it is, for its parts are shared, and without end when it is written down.
    for name in ["message", "spawn_argument", "exit_reason", "object"] {
        killed(small(), &format!("{name}_of_shared_parts"), 60, LimitKind::ProcessBytes);
    }
}

#[test]
fn a_deep_term_is_sent_or_refused() {
    let (end, _) = run(abuser(small(), "deep_message", 100_000));
    assert!(["{told,{ok,true}}", "{told,{error,system_limit}}"].contains(&end.reason.as_str()), "{end:?}");
}

#[test]
fn atoms_are_limited() {
    let limits = Limits { atoms: 5_000, ..small() };
    told(limits, "atom_flood", 0, REFUSED, &[LimitKind::Atoms]);
    told(small(), "huge_atom", 300, REFUSED, &[]);
}

#[test]
fn timers_and_tables_and_what_is_in_them_are_limited() {
    told(small(), "timer_flood", 0, REFUSED, &[LimitKind::Timers]);
    told(small(), "table_flood", 0, REFUSED, &[LimitKind::EtsTables]);
    told(small(), "object_flood", 0, REFUSED, &[LimitKind::EtsBytes]);
    told(small(), "persistent_flood", 0, REFUSED, &[LimitKind::EtsBytes]);
    told(small(), "atomics_flood", 0, REFUSED, &[LimitKind::EtsBytes]);
}

#[test]
fn links_monitors_and_aliases_are_limited() {
    told(small(), "monitor_flood", 2_500, REFUSED, &[LimitKind::Links]);
    told(small(), "alias_flood", 0, REFUSED, &[LimitKind::Links]);
    told(small(), "session_flood", 0, REFUSED, &[LimitKind::Links]);
    told(small(), "pattern_flood", 1_001, REFUSED, &[LimitKind::Links]);
}

#[test]
fn output_keeps_its_newest_part() {
    let limits = Limits { output_bytes: 1_000, ..small() };
    let (end, machine) = run(abuser(limits, "output_flood", 500));
    assert_eq!((end.reason.as_str(), end.reached), ("{told,done}", vec![LimitKind::OutputBytes]));
    let console = machine.kernel().console();
    assert_eq!((console.output().len(), console.dropped_bytes()), (1_000, 4_000));
}

#[test]
fn what_happens_too_often_waits_for_the_next_second() {
    let seconds = |limits: Limits, name: &str, n: i64, limit: LimitKind| {
        let (end, machine) = run(abuser(limits, name, n));
        assert_eq!(end.reached, [limit], "{end:?}");
        machine.kernel().now().nanos() / 1_000_000_000
    };
    // A turn goes on to its end.
    let limits = Limits { messages_per_second: 100, reductions_per_turn: 100, mailbox_messages: 20_000, ..small() };
    assert!((5..=10).contains(&seconds(limits, "message_rate", 1_500, LimitKind::MessagesPerSecond)));
    let limits = Limits { spawns_per_second: 10, ..small() };
    assert!((8..=10).contains(&seconds(limits, "spawn_rate", 100, LimitKind::SpawnsPerSecond)));
    let limits = Limits { reductions_per_second: 100_000, ..small() };
    assert!((5..=40).contains(&seconds(limits, "count", 1_000_000, LimitKind::ReductionsPerSecond)));
}

#[test]
fn a_restart_storm_is_slowed_down() {
    let limits = Limits { spawns_per_second: 50, ..small() };
    let (end, machine) = run(abuser(limits, "restart_storm", 5_000));
    assert_eq!(end.reached, [LimitKind::SpawnsPerSecond]);
    let restarts = end.reason.trim_start_matches("{told,").trim_end_matches('}').parse::<u64>();
    assert!(restarts.is_ok_and(|restarts| (200..400).contains(&restarts)), "{}", end.reason);
    assert!(machine.kernel().now().nanos() >= 5_000_000_000);
}

#[test]
fn code_is_limited() {
    let (name, code) = some_code();
    let limits = Limits { code_bytes: code.len() as u64 - 1, ..small() };
    let argument = Term::tuple([Term::atom(name), Term::binary(code)]);
    let (end, _) = run(sandbox(limits, "abuse", "run", vec![Term::atom("code_flood"), argument]));
    assert_eq!((end.reason.as_str(), end.reached), ("{told,{error,system_limit}}", vec![LimitKind::CodeBytes]));
}

#[test]
fn a_sandbox_has_a_time_to_live() {
    let limits = Limits { wall_clock_millis: 1_000, ..small() };
    let mut machine = abuser(limits, "sleepers", 10);
    machine.run(100);
    for (millis, is_over) in [(999, false), (1_000, true)] {
        let wall = shared::VirtualTime::from_millis(millis);
        machine.command(shared::command::Command::AdvanceTime { wall }).expect("it is never refused");
        assert_eq!(machine.run(10) == Stopped::Halted, is_over);
    }
    assert_eq!(machine.kernel().halted().map(ToString::to_string).as_deref(), Some("{system_limit,wall_clock}"));
}

#[test]
fn encoded_terms_that_claim_to_be_large_are_refused() {
    let (end, _) = run(abuser(small(), "bombs", 0));
    let reason = end.reason;
    assert!(reason.starts_with("{told,[") && end.reached.is_empty(), "{reason}");
    for name in ["tuple", "list", "map", "binary", "big", "atom", "claims", "garbage", "'fun'", "reference"] {
        assert!(reason.contains(&format!("{{{name},{{error,badarg}}}}")), "{name}: {reason}");
    }
}

#[test]
fn work_without_reductions_of_its_own_is_charged() {
    for (name, argument) in [("pattern_bomb", 400), ("match_spec_bomb", 3_000)] {
        let (end, machine) = run(abuser(small(), name, argument));
        assert_eq!(end.by, Some(ExitedBy::Itself), "{name}: {end:?}");
        assert!(machine.kernel().total_reductions() > 2_000, "{name}: {}", machine.kernel().total_reductions());
    }
}

#[test]
fn files_are_limited() {
    let limits = Limits { file_bytes: 1 << 20, ..small() };
    let (end, _) = run(abuser(limits, "file_flood", 100));
    assert!(end.reason.contains("enospc"), "{end:?}");
}

/// What a limit does to one process is an event with its cause, and the machine goes on.
#[test]
fn a_sandbox_goes_on_after_its_abuser() {
    let mut machine = abuser(small(), "list_bomb", 0);
    machine.run(MAX_TURNS);
    let entry = shared::event::Entry::new("victim", "main", shared::Etf::of(&Term::Nil));
    machine
        .command(shared::command::Command::Spawn { entry, group_leader: None, name: None })
        .expect("there is room for a process");
    machine.run(MAX_TURNS);
    let ends: Vec<String> = machine
        .take_events()
        .iter()
        .filter_map(|event| match &event.kind {
            EventKind::Exited { reason, .. } => Some(reason.to_string()),
            _ => None,
        })
        .collect();
    assert_eq!(ends[0], "{system_limit,process_bytes}");
    assert!(ends.contains(&"{told,{199,199}}".to_owned()), "{ends:?}");
}
