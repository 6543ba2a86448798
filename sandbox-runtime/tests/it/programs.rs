//! Random programs, configurations and commands.

use sandbox_runtime::host::Host;
use sandbox_runtime::kernel::Config;
use sandbox_runtime::kernel::monitor::MonitorOptions;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use sandbox_runtime::kernel::timer::TimerForm;
use shared::command::Command;
use shared::event::Destination;
use shared::limits::Limits;
use shared::schedule::{Schedule, TimeMode};
use shared::term::Atom;
use shared::{Etf, Pid, Term, VirtualTime};

use crate::script::{Op, Vars, print, send, spawn, trap_exit};

/// A small generator of its own, so that a failing seed is a whole test case.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % limit
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.below(among.len() as u64) as usize]
    }
}

/// Any schedule, any clock.
pub(crate) fn config(random: &mut Random) -> Config {
    let seed = random.below(1 << 30);
    let schedules = [Schedule::Default, Schedule::Random { seed }, Schedule::Pct { seed, changes: 3, horizon: 100 }];
    let schedule = schedules[random.below(3) as usize].clone();
    let clocks = [
        TimeMode::Live,
        TimeMode::Scaled { numerator: 3, denominator: 2 },
        TimeMode::Fast { nanos_per_reduction: 20 },
        TimeMode::Fast { nanos_per_reduction: 50_000 },
    ];
    let time_mode = random.pick(&clocks);
    // Random programs may spawn without end.
    let limits = Limits { processes: 40, mailbox_messages: 200, reductions_per_turn: 300, ..Limits::default() };
    Config { seed, limits, schedule, time_mode, epoch_nanos: 1 }
}

fn other(host: &mut Host) -> Pid {
    let pids = host.processes();
    pids[(host.random() % pids.len() as u64) as usize]
}

fn greet(host: &mut Host, _: &mut Vars) {
    let to = other(host);
    let number = Term::from(host.unique_integer());
    send(host, to, Term::tuple([Term::atom("hello"), number]));
}

fn give_birth(host: &mut Host, vars: &mut Vars) {
    let monitor = (host.random().is_multiple_of(2)).then(MonitorOptions::default);
    let options = SpawnOptions { link: host.random().is_multiple_of(2), monitor, ..SpawnOptions::default() };
    if host.processes().len() < 12 {
        let script = ["a", "b", "c"][(host.random() % 3) as usize];
        spawn(host, vars, script, options);
    }
}

fn link_or_not(host: &mut Host, _: &mut Vars) {
    let peer = other(host);
    // Refused where it would trap; that too is the same in every run.
    host.link(peer).unwrap_or_default();
    if host.random().is_multiple_of(3) {
        host.unlink(peer);
    }
}

fn kill(host: &mut Host, _: &mut Vars) {
    let victim = other(host);
    let reason = ["kill", "normal", "oops", "shutdown"][(host.random() % 4) as usize];
    host.exit(victim, Etf::atom(reason));
}

fn set_timer(host: &mut Host, _: &mut Vars) {
    let to = Destination::Pid(other(host));
    let due = host.now().saturating_add_nanos(host.random() % 4_000_000);
    host.start_timer(due, to, &Etf::atom("tick"), TimerForm::Timeout).expect("a timer");
}

fn use_table(host: &mut Host, _: &mut Vars) {
    let options = Term::list([Term::atom("named_table"), Term::atom("public")]);
    let (name, value) = (Term::atom("t"), Term::from(host.random() % 50));
    // It may be there already, and its owner may be gone.
    drop(host.ets("new", Etf::of(&Term::list([name.clone(), options]))));
    let object = Term::tuple([value, Term::pid(host.self_pid())]);
    drop(host.ets("insert", Etf::of(&Term::list([name, object]))));
}

fn use_name(host: &mut Host, _: &mut Vars) {
    let name = Atom::new(["x", "y"][(host.random() % 2) as usize]);
    host.register(&name, host.self_pid()).unwrap_or_default();
    if host.random().is_multiple_of(3) {
        host.unregister(&name).unwrap_or_default();
    }
}

fn say(host: &mut Host, _: &mut Vars) {
    let text = format!("{} {}", host.self_pid(), host.now());
    print(host, &text);
}

fn heard(host: &mut Host, _: &mut Vars, message: Term) {
    print(host, &message.to_string());
}

fn heard_or_not(host: &mut Host, _: &mut Vars, message: Option<Term>) {
    print(host, &message.map_or_else(|| "nothing".to_owned(), |message| message.to_string()));
}

fn op(random: &mut Random) -> Op {
    match random.below(17) {
        0..=2 => Op::Do(greet),
        3 | 4 => Op::Do(give_birth),
        5 => Op::Do(link_or_not),
        6 => Op::Do(kill),
        7 => Op::Do(set_timer),
        8 => Op::Do(use_table),
        9 => Op::Do(use_name),
        10 => Op::Do(say),
        11 => Op::Do(trap_exit),
        12 => Op::Receive(heard),
        13 => Op::Spin(random.below(700) as u32),
        14 if random.below(6) == 0 => Op::Trap,
        15 if random.below(3) == 0 => Op::Repeat,
        _ => Op::ReceiveAfter(random.below(4), heard_or_not),
    }
}

/// Four scripts that do anything.
pub(crate) fn random(random: &mut Random) -> Vec<(&'static str, Vec<Op>)> {
    ["main", "a", "b", "c"].map(|name| (name, (0..4 + random.below(10)).map(|_| op(random)).collect())).to_vec()
}

/// Something that the outside might say.
pub(crate) fn command(random: &mut Random, wall: u64) -> Command {
    let pid = Pid(random.below(8));
    match random.below(9) {
        0 => Command::Exit { pid, reason: Etf::atom(random.pick(&["kill", "oops", "normal"])) },
        1 => Command::Send { to: Destination::Pid(pid), message: Etf::atom("from outside") },
        2 => Command::Suspend { pid },
        3 => Command::Resume { pid },
        4 => Command::SetSchedule { schedule: Schedule::Random { seed: random.below(100) } },
        5 => {
            let entry = shared::event::Entry::new("script", "main", Etf::of(&Term::Nil));
            Command::Spawn { entry, group_leader: None, name: None }
        }
        6 => Command::Reseed { seed: random.below(100) },
        _ => Command::AdvanceTime { wall: VirtualTime::from_millis(wall * 3) },
    }
}
