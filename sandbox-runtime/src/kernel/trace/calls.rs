//! Calls of functions: which are told, by which specification, and what guests have to know of that.
//!
//! A guest asks for every call of a function that a pattern of some session names ([`Kernel::watch`]); what is told is decided here.

use imbl::OrdSet;
use serde::{Deserialize, Serialize};
use shared::etf::Part;
use shared::limits::LimitKind;
use shared::match_spec::action::{Call, Effects};
use shared::match_spec::{Fuel, MatchSpec};
use shared::term::Atom;
use shared::{Pid, Term};

use super::super::{Kernel, Raise};
use super::flags::{ARITY, CALL, Flags, RETURN_TO, SILENT};
use super::{MAX_PATTERNS, Session};

/// Which functions a pattern names; nothing stands for any.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Selector {
    /// Their module.
    pub module: Option<Atom>,
    /// Their name.
    pub function: Option<Atom>,
    /// The number of their arguments.
    pub arity: Option<u64>,
}

/// What a pattern says of the functions that it names; nothing where their calls are not told.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Setting {
    /// Whether calls from within the module are told as well.
    pub is_local: bool,
    /// The specification, if there is one.
    pub spec: Option<Term>,
}

/// The patterns of a session. A later one counts where several name a function.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Patterns(Vec<(Selector, Option<Setting>)>);

/// A call that a guest tells of.
#[derive(Clone, Debug)]
pub struct Called {
    /// The module, the name and the list of arguments.
    pub function: (Atom, Atom, Term),
    /// How it was called.
    pub how: How,
    /// The function that called: `{Module, Function, Arity}` or `undefined`.
    pub caller: Term,
}

/// How a function was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// By its full name.
    Global,
    /// In any way.
    Local,
    /// It is a function of the run-time system, for which this makes no difference.
    Native,
}

/// What is to be told when a call ends.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ending {
    /// That it returned, and what.
    pub is_return_told: bool,
    /// That it was left by an exception, and which.
    pub is_exception_told: bool,
    /// Where to it returned.
    pub is_return_to_told: bool,
}

impl Selector {
    pub(super) fn names(&self, module: &Atom, function: &Atom, arity: u64) -> bool {
        self.module.as_ref().is_none_or(|m| m == module)
            && self.function.as_ref().is_none_or(|f| f == function)
            && self.arity.is_none_or(|a| a == arity)
    }

    /// Whether it names all functions that the other one does.
    pub(super) fn covers(&self, other: &Selector) -> bool {
        fn is_within<T: PartialEq>(outer: Option<&T>, inner: Option<&T>) -> bool {
            outer.is_none() || outer == inner
        }
        is_within(self.module.as_ref(), other.module.as_ref())
            && is_within(self.function.as_ref(), other.function.as_ref())
            && is_within(self.arity.as_ref(), other.arity.as_ref())
    }

    /// `{Module, Function, Arity, What}`, where `'_'` stands for any.
    pub(super) fn watched(&self, what: Term) -> Term {
        let any = || Term::atom("_");
        let atom = |name: &Option<Atom>| name.clone().map_or_else(any, Term::from);
        let arity = self.arity.map_or_else(any, Term::from);
        Term::tuple([atom(&self.module), atom(&self.function), arity, what])
    }
}

/// What the last pattern says that names a function.
pub(super) fn selected<'a, T>(
    patterns: &'a [(Selector, T)],
    module: &Atom,
    function: &Atom,
    arity: u64,
) -> Option<&'a T> {
    patterns.iter().rev().find(|(selector, _)| selector.names(module, function, arity)).map(|(_, what)| what)
}

impl Patterns {
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    fn set(&mut self, selector: Selector, setting: Option<Setting>) {
        self.0.retain(|(known, _)| !selector.covers(known));
        if setting.is_some() || !self.0.is_empty() {
            self.0.push((selector, setting));
        }
    }

    /// Whether one of them goes when something else holds for these functions.
    fn gives_way_to(&self, selector: &Selector) -> bool {
        self.0.iter().any(|(known, _)| selector.covers(known))
    }

    /// What holds for a function.
    pub fn of(&self, module: &Atom, function: &Atom, arity: u64) -> Option<&Setting> {
        selected(&self.0, module, function, arity)?.as_ref()
    }

    /// `{Module, Function, Arity, IsLocal}` of those that ask for something.
    fn watched(&self) -> impl Iterator<Item = Term> {
        let asked = self.0.iter().filter_map(|(selector, setting)| Some((selector, setting.as_ref()?)));
        asked.map(|(selector, setting)| selector.watched(Term::bool(setting.is_local)))
    }
}

impl Session {
    /// The patterns for calls.
    pub fn patterns(&self) -> &Patterns {
        &self.patterns
    }

    fn tells_calls_of(&self, pid: Pid) -> bool {
        self.process(pid).is_some_and(|traced| traced.flags.has_any(CALL))
    }
}

impl Kernel {
    /// Sets what holds for the calls of some functions.
    ///
    /// # Errors
    /// `system_limit` when there are too many patterns.
    pub fn set_trace_pattern(
        &mut self,
        by: Pid,
        session: u64,
        selector: Selector,
        setting: Option<Setting>,
    ) -> Result<(), Raise> {
        let is_full = self.tracing.patterns() >= MAX_PATTERNS;
        if let Some(session) = self.tracing.sessions.get_mut(&session) {
            if is_full && !session.patterns.gives_way_to(&selector) {
                return Err(self.limit_reached(Some(by), LimitKind::Links, MAX_PATTERNS as u64));
            }
            session.patterns.set(selector, setting);
        }
        self.all_watches_change();
        Ok(())
    }

    /// Guests whose calls are told have to know of something new.
    pub(super) fn all_watches_change(&mut self) {
        let sessions = self.tracing.sessions.values();
        let pids: OrdSet<Pid> = sessions.flat_map(|session| session.processes.keys().copied()).collect();
        self.tracing.stale = std::mem::take(&mut self.tracing.stale).union(pids);
    }

    /// What a guest has to know before its next turn, if that has changed since it was asked for: see [`Kernel::watch`].
    pub fn take_new_watch(&mut self, pid: Pid) -> Option<Term> {
        self.tracing.stale.remove(&pid)?;
        Some(self.watch(pid))
    }

    /// The functions whose calls a process tells of: a list of `{Module, Function, Arity, IsLocal}`, where `'_'` stands for any, with
    /// `count` in the last place where they are only counted.
    pub fn watch(&self, pid: Pid) -> Term {
        let mut watched = Vec::new();
        for session in self.tracing.sessions.values() {
            let is_traced = session.tells_calls_of(pid);
            watched.extend(session.patterns.watched().filter(|_| is_traced));
            watched.extend(session.counting.watched(is_traced));
        }
        Term::list(watched)
    }

    /// A process calls a function: tells of it. Gives the sessions in which its end is to be told.
    pub fn trace_call(&mut self, pid: Pid, called: &Called) -> Vec<(u64, Ending)> {
        let numbers: Vec<u64> = self.tracing.sessions.keys().copied().collect();
        let endings = numbers.into_iter().map(|number| (number, self.trace_call_in(number, pid, called)));
        endings.filter_map(|(number, ending)| Some((number, ending?))).collect()
    }

    fn trace_call_in(&mut self, number: u64, pid: Pid, called: &Called) -> Option<Ending> {
        let (module, function, arguments) = &called.function;
        let arity = arguments.as_list()?.len() as u64;
        let session = self.tracing.sessions.get(&number)?;
        let traced = session.process(pid).filter(|traced| traced.flags.has_any(CALL))?;
        let setting = session.patterns.of(module, function, arity)?.clone();
        if called.how != How::Native && setting.is_local != (called.how == How::Local) {
            return None;
        }
        let effects = match &setting.spec {
            None => Effects::default(),
            Some(spec) => {
                let spec = MatchSpec::compile_for_trace(spec).ok()?;
                let call = Call { pid, caller: called.caller.clone(), control_word: self.trace_control_word() };
                spec.run_for_trace(arguments, &call, &Fuel::default())?
            }
        };
        self.take_effects(number, pid, &effects);
        let traced = self.tracing.sessions.get(&number).and_then(|session| session.process(pid)).unwrap_or(traced);
        let flags = traced.flags;
        if !flags.has_any(CALL) {
            return None;
        }
        let is_told = !effects.message.as_ref().is_some_and(|message| message.is_atom("false"));
        if is_told && !flags.has_any(SILENT) {
            let last = if flags.has_any(ARITY) { Term::from(arity) } else { arguments.clone() };
            let call = Term::tuple([Term::from(module.clone()), Term::from(function.clone()), last]);
            let mut parts = vec![Part::Term(call)];
            parts.extend(effects.message.filter(|message| !message.is_atom("true")).map(Part::Term));
            self.tell_one(pid, traced, "call", &parts);
        }
        Some(Ending {
            is_return_told: effects.is_return_told && !flags.has_any(SILENT),
            is_exception_told: effects.is_exception_told && !flags.has_any(SILENT),
            is_return_to_told: setting.is_local && flags.has_any(RETURN_TO) && !flags.has_any(SILENT),
        })
        .filter(|ending| *ending != Ending::default())
    }

    /// A call has ended: by its return or by an exception, of which `what` says the value or `{Class, Reason}`. `to` is the function
    /// that it returns to.
    pub fn trace_end(
        &mut self,
        pid: Pid,
        function: &Term,
        endings: &[(u64, Ending)],
        what: &Term,
        is_return: bool,
        to: &Term,
    ) {
        for (number, ending) in endings {
            let session = self.tracing.sessions.get(number);
            let Some(traced) = session.and_then(|session| session.process(pid)) else { continue };
            let parts = || [Part::Term(function.clone()), Part::Term(what.clone())];
            if is_return && ending.is_return_told {
                self.tell_one(pid, traced, "return_from", &parts());
            } else if !is_return && ending.is_exception_told {
                self.tell_one(pid, traced, "exception_from", &parts());
            }
            if is_return && ending.is_return_to_told {
                self.tell_one(pid, traced, "return_to", &[Part::Term(to.clone())]);
            }
        }
    }

    pub(super) fn take_effects(&mut self, number: u64, pid: Pid, effects: &Effects) {
        if let Some(word) = effects.control_word {
            self.settings_mut().set_flag(Atom::new("trace_control_word"), Term::from(u64::from(word)));
        }
        let mut changes: Vec<(bool, Pid, Flags)> =
            effects.silent.map(|silent| (silent, pid, SILENT)).into_iter().collect();
        for (on, whose, name) in &effects.flags {
            changes.extend(Flags::named(name).map(|flags| (*on, whose.unwrap_or(pid), flags)));
        }
        let Some(session) = self.tracing.sessions.get_mut(&number) else { return };
        for (on, whose, flags) in changes {
            let (old, own) = (session.process(whose), session.process(pid));
            let Some(tracer) = old.or(own).map(|traced| traced.tracer) else { continue };
            let new = session.switched(old, on, flags, tracer);
            session.set(whose, new);
            self.tracing.stale.insert(whose);
        }
        self.tracing.settle();
    }

    pub(super) fn trace_control_word(&self) -> u32 {
        let word = self.settings().flag(&Atom::new("trace_control_word")).and_then(Term::as_int);
        word.and_then(|word| u32::try_from(word).ok()).unwrap_or(0)
    }
}
