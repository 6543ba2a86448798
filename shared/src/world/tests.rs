use super::*;
use crate::event::{Destination, Device, Entry, ExitedBy};
use crate::term::Term;

/// Gives events the numbers and times that a machine would give them.
#[derive(Default)]
struct Log {
    world: World,
    seq: u64,
}

impl Log {
    fn event(&mut self, pid: Option<u64>, kind: EventKind) -> Event {
        self.seq += 1;
        Event {
            seq: EventSeq(self.seq),
            at: VirtualTime(self.seq * 10),
            pid: pid.map(Pid),
            reductions: self.seq,
            cause: None,
            kind,
        }
    }
    fn add(&mut self, pid: impl Into<Option<u64>>, kind: EventKind) {
        let event = self.event(pid.into(), kind);
        self.world.apply(&event);
    }
    fn spawn(&mut self, parent: impl Into<Option<u64>>, child: u64, entry: Entry) {
        self.add(parent, EventKind::Spawned { child: Pid(child), entry, linked: true, monitor: None });
    }
    fn exit(&mut self, pid: u64, reason: Term) {
        self.add(pid, EventKind::Exited { reason: Etf::of(&reason), by: ExitedBy::Itself });
    }
    fn role(&self, pid: u64) -> (Behaviour, String) {
        let role = &self.world.processes[&Pid(pid)].role;
        (role.behaviour, role.label())
    }
}

/// What `proc_lib:start_link(gen, init_it, ...)` makes a process run.
fn generic(generic: &str, module: &str, argument: Term) -> Entry {
    let me = Term::pid(Pid(1));
    let arguments = Term::list([Term::atom(generic), me.clone(), me.clone(), Term::atom(module), argument, Term::Nil]);
    let call = [me, Term::Nil, Term::atom("gen"), Term::atom("init_it"), arguments];
    Entry::new("proc_lib", "init_p", Etf::of(&Term::list(call)))
}

fn supervisor(module: &str) -> Entry {
    generic("gen_server", "supervisor", Term::tuple([Term::atom("self"), Term::atom(module), Term::Nil]))
}

fn names(processes: Vec<&Process>) -> Vec<u64> {
    processes.iter().map(|process| process.pid.0).collect()
}

#[test]
fn what_a_process_runs_is_read_from_its_first_call() {
    let mut log = Log::default();
    log.spawn(None, 1, Entry::new("shop", "start", Etf::of(&Term::list([Term::from(1_i64), Term::from(2_i64)]))));
    log.spawn(1, 2, supervisor("Elixir.Shop.Supervisor"));
    log.spawn(2, 3, generic("gen_server", "Elixir.Shop.Cart", Term::Nil));
    log.spawn(2, 4, generic("gen_statem", "door", Term::Nil));
    log.spawn(2, 5, generic("gen_server", "Elixir.Agent.Server", Term::Nil));
    let task =
        Term::tuple([Term::atom("lists"), Term::atom("seq"), Term::list([Term::from(1_i64), Term::from(9_i64)])]);
    let arguments = Term::list([Term::tuple([Term::atom("owner")]), task]);
    let call = [Term::Nil, Term::Nil, Term::atom("Elixir.Task.Supervised"), Term::atom("reply"), arguments];
    log.spawn(2, 6, Entry::new("proc_lib", "init_p", Etf::of(&Term::list(call))));
    let pool = Term::tuple([Term::atom("Elixir.Pool"), Term::Nil, Term::atom("pool")]);
    log.spawn(2, 7, generic("gen_server", "Elixir.DynamicSupervisor", pool));
    assert_eq!(log.role(1), (Behaviour::Plain, "shop:start/2".into()));
    assert_eq!(log.role(2), (Behaviour::Supervisor, "Shop.Supervisor.init/1".into()));
    assert_eq!(log.role(3), (Behaviour::GenServer, "Shop.Cart.init/1".into()));
    assert_eq!(log.role(4), (Behaviour::GenStatem, "door:init/1".into()));
    assert_eq!(log.role(5), (Behaviour::Agent, "Agent.init/1".into()));
    assert_eq!(log.role(6), (Behaviour::Task, "lists:seq/2".into()));
    assert_eq!(log.role(7), (Behaviour::DynamicSupervisor, "Pool.init/1".into()));
}

#[test]
fn arguments_that_nobody_can_read_hurt_nobody() {
    let mut log = Log::default();
    let broken = Etf::from_trusted(*b"\x83\x6c\xff\xff\xff\xff");
    log.spawn(None, 1, Entry::new("proc_lib", "init_p", broken));
    assert_eq!(log.role(1), (Behaviour::Plain, "proc_lib:init_p/0".into()));
}

#[test]
fn a_restarted_child_knows_whom_it_replaced() {
    let mut log = Log::default();
    let worker = || generic("gen_server", "Elixir.Worker", Term::Nil);
    log.spawn(None, 1, supervisor("Elixir.App"));
    log.spawn(1, 2, worker());
    log.spawn(1, 3, worker());
    log.spawn(1, 4, generic("gen_server", "Elixir.Other", Term::Nil));
    log.exit(3, Term::atom("boom"));
    log.spawn(1, 5, generic("gen_server", "Elixir.Other", Term::Nil));
    log.spawn(1, 6, worker());
    log.exit(6, Term::tuple([Term::atom("shutdown"), Term::from(1_i64)]));
    log.spawn(1, 7, worker());
    let process = |pid| &log.world.processes[&Pid(pid)];
    assert_eq!((process(5).predecessor, process(5).restarts), (None, 0));
    assert_eq!((process(6).predecessor, process(6).restarts), (Some(Pid(3)), 1));
    assert_eq!((process(7).predecessor, process(7).restarts), (Some(Pid(6)), 2));
    assert_eq!((log.world.totals.restarted, log.world.totals.crashed, log.world.totals.exited), (2, 1, 2));
    assert_eq!(names(log.world.children(Pid(1)).collect()), [2, 4, 5, 7]);
    assert_eq!(names(log.world.roots().collect()), [1]);
    let process = process(3);
    assert!(!process.is_alive() && process.links.is_empty());
    assert!(process.exit().is_some_and(|exit| exit.is_crash() && exit.seq == EventSeq(5)));
}

#[test]
fn links_names_and_counts_follow_the_events() {
    let mut log = Log::default();
    log.spawn(None, 1, Entry::new("a", "b", Etf::of(&Term::Nil)));
    log.spawn(1, 2, Entry::new("a", "c", Etf::of(&Term::Nil)));
    log.add(2, EventKind::Unlinked { peer: Pid(1) });
    assert!(log.world.processes[&Pid(1)].links.is_empty());
    log.add(2, EventKind::Registered { name: Atom::new("two"), target: Pid(2) });
    assert_eq!(log.world.names[&Atom::new("two")], Pid(2));
    let to = Destination::Name(Atom::new("two"));
    log.add(1, EventKind::Sent { to, receiver: Some(Pid(2)), message: Etf::atom("hello") });
    let (one, two) = (&log.world.processes[&Pid(1)], &log.world.processes[&Pid(2)]);
    assert_eq!((one.sent, two.received, log.world.totals.sent), (1, 1, 1));
    log.add(1, EventKind::Suspended { target: Pid(2) });
    assert_eq!(log.world.processes[&Pid(2)].status, Status::Suspended);
    log.exit(2, Term::atom("normal"));
    log.add(None, EventKind::Unregistered { name: Atom::new("two"), target: Pid(2) });
    assert!(log.world.names.is_empty());
    assert_eq!(log.world.processes[&Pid(2)].name, Some(Atom::new("two")), "what it was called stays known");
    assert_eq!(log.world.totals.crashed, 0);
}

#[test]
fn a_picture_and_a_stream_may_overlap() {
    let mut log = Log::default();
    log.spawn(None, 1, Entry::new("a", "b", Etf::of(&Term::Nil)));
    let output = log.event(Some(1), EventKind::Output { device: Device::Stdout, bytes: b"hello".as_slice().into() });
    log.world.apply(&output);
    log.world.apply(&output);
    assert_eq!(log.world.output.text(), "hello");
}

#[test]
fn the_picture_stays_small_however_long_the_stream_is() {
    let mut log = Log::default();
    log.spawn(None, 1, supervisor("Elixir.App"));
    for child in 2..5_000 {
        log.spawn(1, child, Entry::new("a", "b", Etf::of(&Term::Nil)));
        log.add(child, EventKind::Output { device: Device::Stdout, bytes: vec![b'.'; 1_000].into() });
        log.exit(child, Term::atom("normal"));
    }
    let world = &log.world;
    assert_eq!(world.processes.len(), ENDED_KEPT + 1);
    let kept: usize = world.output.pieces.iter().map(|(_, bytes)| bytes.len()).sum();
    assert!(kept <= OUTPUT_KEPT && world.output.cut + kept as u64 == 4_998_000);
    assert!(world.vacancies[&Pid(1)].values().all(|waiting| waiting.len() <= VACANCIES_KEPT));
}

#[test]
fn a_picture_survives_the_wire() {
    let mut log = Log::default();
    log.spawn(None, 1, supervisor("Elixir.App"));
    log.spawn(1, 2, generic("gen_server", "Elixir.Worker", Term::Nil));
    log.exit(2, Term::atom("boom"));
    log.add(None, EventKind::LimitReached { limit: LimitKind::Atoms, allowed: 3 });
    let text = serde_json::to_string(&log.world).expect("it can be written");
    assert_eq!(serde_json::from_str::<World>(&text).expect("it can be read"), log.world);
}

#[test]
fn what_is_said_in_a_session_is_no_output_of_the_program() {
    let mut log = Log::default();
    let output = |text: &str| EventKind::Output { device: Device::Stdout, bytes: text.as_bytes().into() };
    let typed = |to: u64, text: &str| {
        let message = Term::tuple([Term::atom("console"), Term::binary(text.as_bytes())]);
        EventKind::Sent { to: Destination::Pid(Pid(to)), receiver: Some(Pid(to)), message: Etf::of(&message) }
    };
    log.spawn(None, 7, Entry::new("orrery_user", "session", Etf::of(&Term::list([Term::Nil]))));
    log.spawn(None, 8, Entry::new("shop", "start", Etf::of(&Term::Nil)));
    log.add(7, output("iex(1)> "));
    log.add(7, EventKind::InputWanted);
    assert!(log.world.sessions[&Pid(7)].wants_input);
    log.add(None, typed(7, "1 + 1\n"));
    log.add(None, typed(8, "nobody's\n"));
    log.add(7, output("2\n"));
    log.add(8, output("of the program"));
    let session = &log.world.sessions[&Pid(7)];
    let said = |piece: &Piece| (String::from_utf8_lossy(&piece.bytes).into_owned(), piece.typed);
    let said: Vec<_> = session.pieces.iter().map(said).collect();
    let expected = [("iex(1)> ", false), ("1 + 1\n", true), ("2\n", false)];
    assert_eq!(said, expected.map(|(text, typed)| (text.to_owned(), typed)));
    assert!(!session.wants_input && !session.is_over);
    assert_eq!(log.world.output.text(), "of the program");
    log.exit(7, Term::atom("normal"));
    assert!(log.world.sessions[&Pid(7)].is_over);
    for pid in 20..60 {
        log.spawn(None, pid, Entry::new("orrery_user", "session", Etf::of(&Term::list([Term::Nil]))));
    }
    assert_eq!((log.world.sessions.len(), log.world.sessions.contains_key(&Pid(7))), (16, false));
}
