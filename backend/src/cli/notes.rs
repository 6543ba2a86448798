//! Why a program failed, where the sandbox knows more than the program: limits that were reached, and what sandboxes do not have.

use std::collections::BTreeSet;

use shared::event::{Event, EventKind};
use shared::limits::LimitKind;

/// What there is to say at the end.
#[derive(Debug, Default)]
pub(super) struct Notes(BTreeSet<String>);

impl Notes {
    pub(super) fn note(&mut self, event: &Event) {
        match &event.kind {
            EventKind::LimitReached { limit, allowed } => drop(self.0.insert(of_limit(*limit, *allowed))),
            EventKind::Denied { capability, .. } if *capability == *"open_port" => {
                self.0.insert("programs of the operating system cannot be started in a sandbox".to_owned());
            }
            _ => {}
        }
    }

    /// One line each.
    pub(super) fn lines(&self) -> impl Iterator<Item = &String> {
        self.0.iter()
    }
}

fn of_limit(limit: LimitKind, allowed: u64) -> String {
    let name = limit.atom();
    let what = match limit {
        LimitKind::ProcessBytes => format!("a process took more than {} MB of memory and was ended", allowed >> 20),
        LimitKind::TotalBytes => {
            format!("the processes took more than {} MB of memory, and one was ended", allowed >> 20)
        }
        LimitKind::Processes => format!("no more than {allowed} processes can be alive at once"),
        LimitKind::Atoms => format!("there cannot be more than {allowed} atoms"),
        LimitKind::MailboxMessages => format!("more than {allowed} messages waited for a process, and it was ended"),
        LimitKind::MailboxBytes => {
            format!("more than {} MB of messages waited for a process, and it was ended", allowed >> 20)
        }
        LimitKind::TotalReductions => format!("the program was stopped after {allowed} reductions"),
        LimitKind::TurnTime | LimitKind::Server => {
            return format!("a process was ended: it went beyond what this machine bears ({name})");
        }
        _ => format!("a limit was reached: {name} is {allowed}"),
    };
    format!("{what} (another limit can be set with --limit {name}=N)")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_are_named_as_the_command_line_takes_them() {
        let text = of_limit(LimitKind::ProcessBytes, 256 << 20);
        assert_eq!(
            text,
            "a process took more than 256 MB of memory and was ended (another limit can be set with --limit process_bytes=N)"
        );
    }
}
