//! Guests that follow a script, and what the tests need around them.

use std::collections::{BTreeMap, VecDeque};
use std::fmt::Write as _;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

use sandbox_runtime::guest::{FaultCause, Guest, GuestFactory, GuestFault, SavedGuest};
use sandbox_runtime::host::Host;
use sandbox_runtime::kernel::outside::Outcome;
use sandbox_runtime::kernel::spawn::SpawnOptions;
use sandbox_runtime::kernel::{Config, TurnReport, TurnResult};
use sandbox_runtime::machine::{Machine, Stopped};
use shared::command::Command;
use shared::event::{Destination, Device, Entry, Event};
use shared::limits::LimitKind;
use shared::term::Atom;
use shared::{Etf, Pid, Term, VirtualTime};

/// One step of a script; it takes one reduction.
#[derive(Clone, Copy)]
pub(crate) enum Op {
    /// Does something.
    Do(fn(&mut Host, &mut Vars)),
    /// Waits for a message and takes it.
    Receive(fn(&mut Host, &mut Vars, Term)),
    /// Waits for a message, at most so many milliseconds.
    ReceiveAfter(u64, fn(&mut Host, &mut Vars, Option<Term>)),
    /// Takes that many reductions.
    Spin(u32),
    /// Begins again.
    Repeat,
    /// Ends with what this gives.
    Exit(fn(&mut Vars) -> Term),
    /// Fails as an instance that traps.
    Trap,
    /// Takes longer than its server can bear.
    Overrun,
}

/// What a script remembers.
#[derive(Clone, Default)]
pub(crate) struct Vars {
    pub(crate) args: Vec<Term>,
    named: BTreeMap<&'static str, Term>,
}

impl Vars {
    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<Term>) {
        self.named.insert(name, value.into());
    }

    pub(crate) fn get(&self, name: &str) -> Term {
        self.named.get(name).cloned().unwrap_or(Term::Nil)
    }

    pub(crate) fn pid(&self, name: &str) -> Pid {
        self.get(name).as_local_pid().expect("a pid")
    }

    /// The process that made this one and gave itself as first argument.
    pub(crate) fn boss(&self) -> Pid {
        self.args[0].as_local_pid().expect("a pid")
    }
}

#[derive(Clone)]
pub(crate) struct Script {
    program: BTreeMap<&'static str, Vec<Op>>,
    ops: Vec<Op>,
    at: usize,
    spinning: u32,
    wait_until: Option<VirtualTime>,
    vars: Vars,
    mailbox: VecDeque<Etf>,
    code: Vec<String>,
}

impl Script {
    fn report(&self, result: TurnResult, reductions: u32) -> TurnReport {
        let mailbox_bytes = self.mailbox.iter().map(|message| message.len() as u64).sum();
        let memory = 1000 + mailbox_bytes;
        TurnReport { result, reductions, mailbox_messages: self.mailbox.len() as u64, mailbox_bytes, memory }
    }

    /// `Some` when the turn is over.
    fn step(&mut self, host: &mut Host) -> Option<Result<TurnResult, GuestFault>> {
        let Some(op) = self.ops.get(self.at).copied() else {
            return Some(Ok(TurnResult::Exited { reason: Etf::atom("normal") }));
        };
        match op {
            Op::Do(action) => action(host, &mut self.vars),
            Op::Receive(action) => match self.mailbox.pop_front() {
                Some(message) => action(host, &mut self.vars, message.decode().expect("a term")),
                None => return Some(Ok(TurnResult::Waiting { until: None })),
            },
            Op::ReceiveAfter(millis, action) => {
                let after = || host.now().saturating_add_nanos(millis * 1_000_000);
                let until = *self.wait_until.get_or_insert_with(after);
                if self.mailbox.is_empty() && host.now() >= until {
                    self.mailbox.extend(host.poll().into_iter().map(|delivery| delivery.message));
                }
                match self.mailbox.pop_front() {
                    Some(message) => action(host, &mut self.vars, Some(message.decode().expect("a term"))),
                    None if host.now() >= until => action(host, &mut self.vars, None),
                    None => return Some(Ok(TurnResult::Waiting { until: Some(until) })),
                }
                self.wait_until = None;
            }
            Op::Spin(count) if self.spinning < count => {
                self.spinning += 1;
                return None;
            }
            Op::Spin(_) => self.spinning = 0,
            Op::Repeat => {
                self.at = 0;
                return None;
            }
            Op::Exit(reason) => {
                return Some(Ok(TurnResult::Exited { reason: Etf::of(&reason(&mut self.vars)) }));
            }
            Op::Overrun => {
                return Some(Err(GuestFault::limit(FaultCause::Server(LimitKind::TurnTime))));
            }
            Op::Trap => {
                return Some(Err(GuestFault { reductions: 1, ..GuestFault::new(Etf::atom("trapped")) }));
            }
        }
        self.at += 1;
        None
    }
}

/// A script between two turns.
#[derive(Clone)]
pub(crate) struct SavedScript(Arc<Script>);

impl SavedGuest for SavedScript {
    fn digest(&self) -> u64 {
        let Script { at, spinning, wait_until, vars, mailbox, code, .. } = &*self.0;
        let mut hasher = DefaultHasher::new();
        (at, spinning, wait_until, &vars.args, &vars.named, mailbox, code).hash(&mut hasher);
        hasher.finish()
    }

    fn own_bytes(&self) -> u64 {
        size_of::<Script>() as u64
    }
}

impl Guest for Script {
    type Saved = SavedScript;

    fn save(&mut self, _before: Option<&SavedScript>) -> Option<SavedScript> {
        Some(SavedScript(Arc::new(self.clone())))
    }

    fn restore(saved: &SavedScript, _pid: Pid) -> Result<Self, GuestFault> {
        Ok(Script::clone(&saved.0))
    }

    fn load_code(&mut self, module: &str, _code: &[u8]) -> Result<(), GuestFault> {
        self.code.push(module.to_owned());
        Ok(())
    }

    fn start(&mut self, entry: &Entry) -> Result<(), GuestFault> {
        let unknown = || GuestFault::new(Etf::atom("undef"));
        self.ops = self.program.get(entry.function.as_str()).ok_or_else(unknown)?.clone();
        self.vars.args = entry.args.decode().expect("a term").as_list().expect("a list").to_vec();
        Ok(())
    }

    fn deliver(&mut self, message: &Etf) -> Result<(), GuestFault> {
        self.mailbox.push_back(message.clone());
        Ok(())
    }

    fn run(&mut self, mut host: Host, reductions: u32) -> (Host, Result<TurnReport, GuestFault>) {
        for used in 1..=reductions {
            let over = self.step(&mut host);
            let result = match over {
                Some(Err(fault)) => Err(fault),
                Some(Ok(result)) => Ok(self.report(result, used)),
                None if host.must_stop() => Ok(self.report(TurnResult::Yield, used)),
                None => continue,
            };
            return (host, result);
        }
        let report = self.report(TurnResult::Yield, reductions);
        (host, Ok(report))
    }

    fn inspect(&mut self, item: &str) -> Option<Etf> {
        (item == "messages").then(|| {
            let messages = self.mailbox.iter().map(|message| message.decode().expect("a term"));
            Etf::of(&Term::list(messages))
        })
    }
}

#[derive(Clone)]
pub(crate) struct Scripts(BTreeMap<&'static str, Vec<Op>>);

impl GuestFactory for Scripts {
    type Guest = Script;

    fn instantiate(&mut self, _pid: Pid) -> Result<Script, GuestFault> {
        Ok(Script {
            program: self.0.clone(),
            ops: Vec::new(),
            at: 0,
            spinning: 0,
            wait_until: None,
            vars: Vars::default(),
            mailbox: VecDeque::new(),
            code: Vec::new(),
        })
    }
}

pub(crate) type TestMachine = Machine<Scripts>;

/// A machine in which `main` runs.
pub(crate) fn machine(config: Config, scripts: &[(&'static str, Vec<Op>)]) -> TestMachine {
    let mut machine = Machine::new(config, Scripts(scripts.iter().cloned().collect()));
    spawn_main(&mut machine);
    machine
}

pub(crate) fn spawn_main(machine: &mut TestMachine) -> Pid {
    let entry = Entry::new("script", "main", Etf::of(&Term::Nil));
    match machine.command(Command::Spawn { entry, group_leader: None, name: None }) {
        Ok(Outcome::Spawned(pid)) => pid,
        other => panic!("{other:?}"),
    }
}

pub(crate) fn output(machine: &TestMachine) -> String {
    String::from_utf8(machine.kernel().console().output()).expect("text")
}

/// Runs `main` until nothing moves, and compares what was printed.
pub(crate) fn check(scripts: &[(&'static str, Vec<Op>)], expected: &str) -> TestMachine {
    let mut machine = machine(Config::default(), scripts);
    assert_eq!(machine.run(100_000), Stopped::Idle { until: None });
    let expected: String = expected.lines().map(|line| format!("{}\n", line.trim())).collect();
    assert_eq!(output(&machine).trim(), expected.trim());
    machine
}

pub(crate) fn print(host: &mut Host, text: &str) {
    host.console_write(Device::Stdout, format!("{text}\n").as_bytes());
}

/// Prints any term.
pub(crate) fn show(host: &mut Host, _vars: &mut Vars, term: Term) {
    print(host, &term.to_string());
}

pub(crate) fn show_or_timeout(host: &mut Host, _vars: &mut Vars, term: Option<Term>) {
    print(host, &term.map_or_else(|| "timeout".to_owned(), |term| term.to_string()));
}

pub(crate) fn atom(text: &str) -> Term {
    Term::atom(text)
}

pub(crate) fn trap_exit(host: &mut Host, _vars: &mut Vars) {
    host.process_flag("trap_exit", &Term::bool(true)).expect("a flag");
}

/// Makes a process that runs `script` with this process as first argument, and remembers it as `child`.
pub(crate) fn spawn(host: &mut Host, vars: &mut Vars, script: &str, options: SpawnOptions) -> Pid {
    let args = Etf::of(&Term::list([Term::pid(host.self_pid())]));
    let (child, monitor) = host.spawn(Entry::new("script", script, args), options).expect("a process");
    vars.set("child", child);
    if let Some(monitor) = monitor {
        vars.set("monitor", monitor);
    }
    child
}

pub(crate) fn send(host: &mut Host, to: Pid, message: Term) {
    host.send(&Destination::Pid(to), Etf::of(&message)).expect("sent");
}

pub(crate) fn name(text: &str) -> Destination {
    Destination::Name(Atom::new(text))
}

/// Events, one a line.
pub(crate) fn log(events: &[Event]) -> String {
    let mut text = String::new();
    for event in events {
        let line = serde_json::to_string(event).expect("an event");
        writeln!(text, "{line}").expect("a string");
    }
    text
}
