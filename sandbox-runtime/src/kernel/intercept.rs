//! Rules of the outside for messages on their way.

use std::hash::{Hash, Hasher};
use std::sync::{Arc, OnceLock};

use serde::{Deserialize, Serialize};
use shared::event::{DropReason, EventKind};
use shared::interception::{InterceptAction, Interception};
use shared::match_spec::{Fuel, MatchSpec};
use shared::{Etf, EventSeq, Pid};

use super::{Kernel, Raise};

/// The rules that hold, the oldest first.
#[derive(Clone, Debug, Default, Hash, Serialize, Deserialize)]
pub struct Interceptions {
    rules: Vec<Rule>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Rule {
    interception: Interception,
    /// For how many more messages it holds.
    left: Option<u64>,
    /// Of `matching`, once it was needed.
    #[serde(skip)]
    compiled: OnceLock<Option<Arc<MatchSpec>>>,
}

impl Hash for Rule {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (&self.interception, self.left).hash(state);
    }
}

/// What a rule says of a message.
enum Verdict {
    Drop,
    Delay(u64),
    Become(Etf),
}

/// A message about to be handed over.
pub(super) struct Sent<'a> {
    pub(super) from: Option<Pid>,
    pub(super) receiver: Pid,
    pub(super) message: &'a Etf,
    pub(super) seq: EventSeq,
}

impl Rule {
    fn compile(interception: &Interception) -> Option<Arc<MatchSpec>> {
        let spec = interception.of.matching.as_ref()?.decode().ok()?;
        MatchSpec::compile(&spec).ok().map(Arc::new)
    }

    fn judge(&self, sent: &Sent<'_>) -> Option<Verdict> {
        let filter = &self.interception.of;
        let said = |wanted: Option<u64>, is: Option<u64>| wanted.is_none() || wanted == is;
        let holds = said(filter.event.map(|event| event.0), Some(sent.seq.0))
            && said(filter.from.map(|pid| pid.0), sent.from.map(|pid| pid.0))
            && said(filter.to.map(|pid| pid.0), Some(sent.receiver.0));
        if !holds {
            return None;
        }
        let mut result = None;
        if filter.matching.is_some() {
            let compiled = self.compiled.get_or_init(|| Rule::compile(&self.interception));
            let fuel = Fuel::default();
            let found = compiled.as_ref()?.run(&sent.message.decode().ok()?, sent.receiver, &fuel);
            result = Some(found.filter(|_| !fuel.is_exhausted())?);
        }
        Some(match &self.interception.action {
            InterceptAction::Drop => Verdict::Drop,
            InterceptAction::Delay { nanos } => Verdict::Delay(*nanos),
            InterceptAction::Replace { message } => Verdict::Become(message.clone()),
            InterceptAction::Transform => Verdict::Become(Etf::of(&result?)),
        })
    }
}

impl Interceptions {
    /// All rules, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Interception> {
        self.rules.iter().map(|rule| &rule.interception)
    }

    fn judge(&mut self, sent: &Sent<'_>) -> Option<Verdict> {
        let (at, verdict) =
            self.rules.iter().enumerate().find_map(|(at, rule)| rule.judge(sent).map(|verdict| (at, verdict)))?;
        let left = self.rules[at].left.as_mut();
        if left.is_some_and(|left| {
            *left = left.saturating_sub(1);
            *left == 0
        }) {
            self.rules.remove(at);
        }
        Some(verdict)
    }
}

impl Kernel {
    /// Adds a rule.
    ///
    /// # Errors
    /// `badarg` when its match specification is none, or it would transform without one.
    pub fn intercept(&mut self, interception: Interception) -> Result<(), Raise> {
        let compiled = Rule::compile(&interception);
        let is_transform = interception.action == InterceptAction::Transform;
        if compiled.is_none() && (interception.of.matching.is_some() || is_transform) {
            return Err(Raise::Badarg);
        }
        self.stop_intercepting(interception.id);
        let left = interception.times;
        if left != Some(0) {
            self.interceptions.rules.push(Rule { interception, left, compiled: OnceLock::from(compiled) });
        }
        Ok(())
    }

    /// Takes a rule back: whether it was there.
    pub fn stop_intercepting(&mut self, id: u64) -> bool {
        let before = self.interceptions.rules.len();
        self.interceptions.rules.retain(|rule| rule.interception.id != id);
        self.interceptions.rules.len() < before
    }

    /// The rules of the outside for messages.
    pub fn interceptions(&self) -> &Interceptions {
        &self.interceptions
    }

    /// What becomes of a message: the one to hand over and the event that it then comes from, or nothing when it is lost or
    /// comes later. `through` says how it is handed over then.
    pub(super) fn intercepted(
        &mut self,
        from: Option<Pid>,
        receiver: Pid,
        message: Etf,
        seq: EventSeq,
        through: Option<shared::Ref>,
    ) -> Option<(Etf, EventSeq)> {
        if self.interceptions.rules.is_empty() {
            return Some((message, seq));
        }
        let sent = Sent { from, receiver, message: &message, seq };
        match self.interceptions.judge(&sent) {
            None => Some((message, seq)),
            Some(Verdict::Drop) => {
                self.drop_message(None, message, DropReason::Intercepted, seq);
                None
            }
            Some(Verdict::Become(message)) => {
                let seq = self.record_caused(None, Some(seq), EventKind::Rewritten { message: message.clone() });
                Some((message, seq))
            }
            Some(Verdict::Delay(nanos)) => {
                let due = self.now().saturating_add_nanos(nanos);
                let seq = self.record_caused(None, Some(seq), EventKind::Delayed { due });
                self.hold_message(due, receiver, message, seq, through);
                None
            }
        }
    }
}
