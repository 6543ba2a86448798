//! Process aliases (Erlang Reference Manual, "Processes", "Process Aliases").

use serde::{Deserialize, Serialize};
use shared::event::{DropReason, EventKind};
use shared::{Etf, EventSeq, Pid, Ref};

use super::{Kernel, Raise};

/// When an alias stops being active.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum AliasMode {
    /// Only by `unalias/1`.
    ExplicitUnalias,
    /// Also when its monitor is removed or fires.
    Demonitor,
    /// As `Demonitor`, and when a message arrives through it, which removes the monitor too.
    ReplyDemonitor,
    /// Also when a message arrives through it (`alias([reply])`).
    Reply,
}

impl AliasMode {
    /// The mode of that name as options of `monitor/3` and `alias/1` have it.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "explicit_unalias" => Some(Self::ExplicitUnalias),
            "demonitor" => Some(Self::Demonitor),
            "reply_demonitor" => Some(Self::ReplyDemonitor),
            "reply" => Some(Self::Reply),
            _ => None,
        }
    }
}

impl Kernel {
    /// `alias/1`.
    ///
    /// # Errors
    /// `system_limit` when there are too many.
    pub fn alias(&mut self, pid: Pid, mode: AliasMode) -> Result<Ref, Raise> {
        self.check_relations(pid)?;
        let alias = self.make_ref();
        self.add_alias(pid, alias, mode);
        Ok(alias)
    }

    pub(crate) fn add_alias(&mut self, pid: Pid, alias: Ref, mode: AliasMode) {
        if let Some(process) = self.process_mut(pid) {
            process.aliases.insert(alias, mode);
            self.aliases.insert(alias, pid);
            self.record(Some(pid), EventKind::Aliased { alias });
        }
    }

    /// `unalias/1`: whether `alias` was an active alias of the caller.
    pub fn unalias(&mut self, pid: Pid, alias: Ref) -> bool {
        let was_active = self.process_mut(pid).is_some_and(|process| process.aliases.remove(&alias).is_some());
        if was_active {
            self.aliases.remove(&alias);
            self.record(Some(pid), EventKind::Unaliased { alias });
        }
        was_active
    }

    /// A monitor was removed or fired: an alias that lives with it goes as well.
    pub(crate) fn monitor_is_gone(&mut self, pid: Pid, monitor: Ref) {
        let mode = self.process(pid).and_then(|process| process.aliases.get(&monitor));
        if matches!(mode, Some(AliasMode::Demonitor | AliasMode::ReplyDemonitor)) {
            self.unalias(pid, monitor);
        }
    }

    pub(crate) fn take_alias_message(&mut self, pid: Pid, alias: Ref, message: Etf, cause: EventSeq) {
        let Some(mode) = self.process(pid).and_then(|process| process.aliases.get(&alias).copied()) else {
            self.message_left_queue(pid, message.len());
            self.drop_message(Some(pid), message, DropReason::InactiveAlias, cause);
            return;
        };
        match mode {
            AliasMode::Reply => {
                self.unalias(pid, alias);
            }
            AliasMode::ReplyDemonitor => {
                self.demonitor(pid, alias);
            }
            AliasMode::ExplicitUnalias | AliasMode::Demonitor => {}
        }
        self.deliver(pid, message, cause);
    }
}
