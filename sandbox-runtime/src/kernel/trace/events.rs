//! What tracers are told of an event.

use serde::{Deserialize, Serialize};
use shared::etf::Part;
use shared::event::{Destination, Entry, EventKind, TurnOutcome};
use shared::match_spec::action::Call;
use shared::match_spec::{Fuel, MatchSpec};
use shared::term::{Atom, LOCAL_NODE};
use shared::{Etf, EventSeq, Pid, Term};

use super::super::signal::Signal;
use super::super::{Kernel, WORD_BYTES};
use super::Traced;
use super::flags::{
    EXITING, Flags, GARBAGE_COLLECTION, MONOTONIC, PROCS, RECEIVE, RUNNING, RUNNING_PROCS, SEND, STRICT_MONOTONIC,
    TIMESTAMP,
};

/// Which messages are told where they are: `erlang:trace_pattern/3` for `send` and `receive`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Messages {
    /// All of them.
    #[default]
    All,
    /// None.
    None,
    /// Those that a specification lets through.
    Matching(Term),
}

impl Kernel {
    /// Whether somebody may want to be told of events.
    pub(in super::super) fn traces(&self) -> bool {
        self.tracing.is_on
    }

    /// Tells tracers of an event.
    pub(in super::super) fn trace_event(&mut self, pid: Option<Pid>, seq: EventSeq, kind: &EventKind) {
        match (pid, kind) {
            (Some(pid), EventKind::Sent { to, receiver, message }) => {
                let is_lost = receiver.is_none() && matches!(to, Destination::Pid(_));
                let tag = if is_lost { "send_to_non_existing_process" } else { "send" };
                let to = match to {
                    Destination::Pid(pid) => Term::pid(*pid),
                    Destination::Name(name) => Term::from(name.clone()),
                    Destination::Alias(alias) => Term::reference(*alias),
                };
                self.tell_sent(pid, seq, tag, message, to);
            }
            (Some(pid), EventKind::Delivered { message }) => {
                // Who sent it is not known any more.
                let origin = [Term::atom(LOCAL_NODE), Term::atom("undefined")];
                self.tell_message(pid, RECEIVE, seq, "receive", message, &origin, &[Part::Etf(message)]);
            }
            (parent, EventKind::Spawned { child, entry, linked, .. }) => {
                self.trace_spawn(parent, *child, entry, *linked, seq);
            }
            (Some(pid), EventKind::Exited { reason, .. }) => {
                self.tell(pid, PROCS, seq, "exit", &[Part::Etf(reason)]);
            }
            (Some(pid), EventKind::Linked { peer }) => {
                self.inherit_by_link(pid, *peer);
                self.trace_pair(pid, *peer, seq, ["link", "getting_linked"]);
            }
            (Some(pid), EventKind::Unlinked { peer }) => {
                self.trace_pair(pid, *peer, seq, ["unlink", "getting_unlinked"]);
            }
            (_, EventKind::Registered { name, target }) => {
                self.tell(*target, PROCS, seq, "register", &[Part::Term(Term::from(name.clone()))]);
            }
            (_, EventKind::Unregistered { name, target }) => {
                self.tell(*target, PROCS, seq, "unregister", &[Part::Term(Term::from(name.clone()))]);
            }
            (Some(pid), EventKind::TurnStarted { .. }) => self.trace_turn(pid, seq, "in"),
            (Some(pid), EventKind::TurnEnded { outcome, .. }) => {
                if matches!(outcome, TurnOutcome::Exited) {
                    self.tell(pid, EXITING, seq, "out_exited", &[Part::Term(Term::Int(0))]);
                } else {
                    self.trace_turn(pid, seq, "out");
                }
            }
            (Some(pid), EventKind::Collected { before, after }) => {
                for (tag, bytes) in [("gc_major_start", before), ("gc_major_end", after)] {
                    self.tell(pid, GARBAGE_COLLECTION, seq, tag, &[Part::Term(heap(*bytes))]);
                }
            }
            _ => {}
        }
    }

    /// A message to a name that nobody has: for whoever is told it was sent.
    pub(in super::super) fn trace_failed_send(&mut self, pid: Pid, to: &Atom, message: &Etf) {
        if self.traces() {
            let seq = self.journal.last_seq();
            self.tell_sent(pid, seq, "send", message, Term::from(to.clone()));
        }
    }

    fn tell_sent(&mut self, pid: Pid, seq: EventSeq, tag: &str, message: &Etf, to: Term) {
        let parts = [Part::Etf(message), Part::Term(to.clone())];
        self.tell_message(pid, SEND, seq, tag, message, &[to], &parts);
    }

    /// Tells of a message that was sent or received where its specification says so: it is asked with some terms, and the message last.
    #[expect(clippy::too_many_arguments, reason = "what is told, and what decides whether it is")]
    fn tell_message(
        &mut self,
        pid: Pid,
        flag: Flags,
        seq: EventSeq,
        tag: &str,
        message: &Etf,
        first: &[Term],
        parts: &[Part<'_>],
    ) {
        let sessions = self.tracing.sessions.iter();
        let wanted = sessions.filter_map(|(number, session)| {
            let traced = session.process(pid).filter(|traced| traced.flags.has_any(flag))?;
            let messages = if flag == SEND { &session.sent } else { &session.received };
            Some((*number, traced, messages.clone()))
        });
        for (number, traced, messages) in wanted.collect::<Vec<_>>() {
            let spec = match messages {
                Messages::All => {
                    self.tell_because(pid, traced, seq, tag, parts);
                    continue;
                }
                Messages::None => continue,
                Messages::Matching(spec) => spec,
            };
            let (Ok(spec), Ok(message)) = (MatchSpec::compile_for_trace(&spec), message.decode()) else { continue };
            let arguments = Term::list(first.iter().cloned().chain([message]));
            let call = Call { pid, caller: Term::atom("undefined"), control_word: self.trace_control_word() };
            let Some(effects) = spec.run_for_trace(&arguments, &call, &Fuel::default()) else { continue };
            self.take_effects(number, pid, &effects);
            if !effects.message.as_ref().is_some_and(|message| message.is_atom("false")) {
                self.tell_because(pid, traced, seq, tag, parts);
            }
        }
    }

    fn trace_spawn(&mut self, parent: Option<Pid>, child: Pid, entry: &Entry, linked: bool, seq: EventSeq) {
        let call = || {
            let names = [Term::from(entry.module.clone()), Term::from(entry.function.clone())];
            let [module, function] = names.map(Part::Term);
            Etf::tuple(&[module, function, Part::Etf(&entry.args)])
        };
        if let Some(parent) = parent {
            self.tell(parent, PROCS, seq, "spawn", &[Part::Term(Term::pid(child)), Part::Etf(&call())]);
        }
        self.inherit_by_spawn(parent, child);
        let Some(parent) = parent else { return };
        self.tell(child, PROCS, seq, "spawned", &[Part::Term(Term::pid(parent)), Part::Etf(&call())]);
        if linked {
            self.inherit_by_link(parent, child);
            self.trace_pair(parent, child, seq, ["link", "getting_linked"]);
        }
    }

    /// Two processes do something with each other: one of them the first thing, and so the other one the second.
    fn trace_pair(&mut self, pid: Pid, peer: Pid, seq: EventSeq, tags: [&str; 2]) {
        self.tell(pid, PROCS, seq, tags[0], &[Part::Term(Term::pid(peer))]);
        self.tell(peer, PROCS, seq, tags[1], &[Part::Term(Term::pid(pid))]);
    }

    /// A link has broken because the other side ended.
    pub(in super::super) fn trace_broken_link(&mut self, pid: Pid, peer: Option<Pid>, seq: EventSeq) {
        if let Some(peer) = peer.filter(|_| self.traces()) {
            self.tell(pid, PROCS, seq, "getting_unlinked", &[Part::Term(Term::pid(peer))]);
        }
    }

    /// Which function a process goes on with is not known outside of it, for which OTP says 0.
    fn trace_turn(&mut self, pid: Pid, seq: EventSeq, tag: &str) {
        self.tell(pid, RUNNING.with(RUNNING_PROCS), seq, tag, &[Part::Term(Term::Int(0))]);
    }

    /// Tells of a process what one of the flags asks for: `{trace, Pid, Tag, Parts...}`, with a timestamp where that was asked for.
    fn tell(&mut self, pid: Pid, flags: Flags, seq: EventSeq, tag: &str, parts: &[Part<'_>]) {
        let sessions = self.tracing.sessions.values();
        let wanted = sessions.filter_map(|session| session.process(pid)).filter(|traced| traced.flags.has_any(flags));
        let wanted: Vec<_> = wanted.collect();
        for traced in wanted {
            self.tell_because(pid, traced, seq, tag, parts);
        }
    }

    /// Tells one tracer of something that is no event.
    pub(super) fn tell_one(&mut self, pid: Pid, traced: Traced, tag: &str, parts: &[Part<'_>]) {
        let seq = self.journal.last_seq();
        self.tell_because(pid, traced, seq, tag, parts);
    }

    fn tell_because(&mut self, pid: Pid, traced: Traced, seq: EventSeq, tag: &str, parts: &[Part<'_>]) {
        // Who is told of others is not told of itself: it would never be done.
        if pid == traced.tracer {
            return;
        }
        let stamp = self.timestamp(traced.flags);
        let name = Term::atom(if stamp.is_some() { "trace_ts" } else { "trace" });
        let mut all = vec![Part::Term(name), Part::Term(Term::pid(pid)), Part::Term(Term::atom(tag))];
        all.extend(parts.iter().map(|part| match part {
            Part::Term(term) => Part::Term(term.clone()),
            Part::Etf(etf) => Part::Etf(etf),
        }));
        all.extend(stamp.map(Part::Term));
        let message = Etf::tuple(&all);
        let size = message.len() as u64;
        self.enqueue(traced.tracer, Signal::Message(message), seq);
        self.count_in_mailbox(traced.tracer, size);
    }

    fn timestamp(&mut self, flags: Flags) -> Option<Term> {
        const NANOS_PER_MICRO: u64 = 1_000;
        const MICROS_PER_SECOND: u64 = 1_000_000;
        let monotonic = Term::from(self.now().nanos());
        if flags.has_any(TIMESTAMP) {
            let micros = self.system_time_nanos() / NANOS_PER_MICRO;
            let (seconds, micros) = (micros / MICROS_PER_SECOND, micros % MICROS_PER_SECOND);
            let parts = [seconds / MICROS_PER_SECOND, seconds % MICROS_PER_SECOND, micros];
            return Some(Term::tuple(parts.map(Term::from)));
        }
        if flags.has_any(STRICT_MONOTONIC) {
            let unique = Term::from(self.unique_integer());
            return Some(Term::tuple([monotonic, unique]));
        }
        flags.has_any(MONOTONIC).then_some(monotonic)
    }
}

/// What is told of a heap in which so many bytes are in use.
fn heap(bytes: u64) -> Term {
    let words = bytes / WORD_BYTES;
    let items = [
        ("old_heap_block_size", 0),
        ("heap_block_size", words),
        ("mbuf_size", 0),
        ("recent_size", 0),
        ("stack_size", 0),
        ("old_heap_size", 0),
        ("heap_size", words),
        ("bin_vheap_size", 0),
        ("bin_vheap_block_size", 0),
        ("bin_old_vheap_size", 0),
        ("bin_old_vheap_block_size", 0),
    ];
    Term::list(items.map(|(name, size)| Term::tuple([Term::atom(name), Term::from(size)])))
}
