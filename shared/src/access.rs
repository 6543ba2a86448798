//! Who may do what in a sandbox: roles, operations, and the switches of a session. The server decides with this table,
//! and the page shows with it what can be done.

use serde::{Deserialize, Serialize};

/// What a person is in a sandbox. Each may do what the ones before may.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Looks, and chats.
    Viewer,
    /// Edits, runs and debugs, as far as the switches let them.
    Editor,
    /// Leads: shares, approves, sends away, sets switches and limits.
    Instructor,
    /// Made the sandbox. The only one who can delete it.
    Owner,
}

impl Role {
    /// All of them, the weakest first.
    pub const ALL: [Self; 4] = [Self::Viewer, Self::Editor, Self::Instructor, Self::Owner];

    /// As it is stored and sent.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Viewer => "viewer",
            Self::Editor => "editor",
            Self::Instructor => "instructor",
            Self::Owner => "owner",
        }
    }

    /// The role of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == name)
    }
}

/// What a share link gives to whom opens it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    /// To look.
    View,
    /// To edit and run.
    Edit,
    /// To lead.
    Instruct,
}

impl Capability {
    /// The role that comes with it.
    #[must_use]
    pub const fn role(self) -> Role {
        match self {
            Self::View => Role::Viewer,
            Self::Edit => Role::Editor,
            Self::Instruct => Role::Instructor,
        }
    }

    /// As it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::View => "view",
            Self::Edit => "edit",
            Self::Instruct => "instruct",
        }
    }

    /// The capability of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::View, Self::Edit, Self::Instruct].into_iter().find(|capability| capability.name() == name)
    }
}

/// Something that can be done in a sandbox.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// See files, members, events and output.
    View,
    /// Write to the chat.
    Chat,
    /// Make an own copy.
    Clone,
    /// Change files.
    EditCode,
    /// Comment and suggest.
    Review,
    /// Start, stop, restart, and talk to the program.
    ChangeState,
    /// Breakpoints, stepping, looking into processes.
    Debug,
    /// Make and revoke links, add members and change their roles.
    Share,
    /// Let people in who wait.
    Approve,
    /// Send people away.
    Kick,
    /// Name, switches, limits.
    Configure,
    /// See who did what.
    Audit,
    /// Delete the sandbox.
    Delete,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 13] = [
        Self::View,
        Self::Chat,
        Self::Clone,
        Self::EditCode,
        Self::Review,
        Self::ChangeState,
        Self::Debug,
        Self::Share,
        Self::Approve,
        Self::Kick,
        Self::Configure,
        Self::Audit,
        Self::Delete,
    ];

    /// The weakest role that may do it when every switch is on.
    #[must_use]
    pub const fn needs(self) -> Role {
        match self {
            Self::View | Self::Chat | Self::Clone => Role::Viewer,
            Self::EditCode | Self::Review | Self::ChangeState | Self::Debug => Role::Editor,
            Self::Share | Self::Approve | Self::Kick | Self::Configure | Self::Audit => Role::Instructor,
            Self::Delete => Role::Owner,
        }
    }

    /// The scope that an API token needs for it.
    #[must_use]
    pub const fn scope(self) -> Scope {
        match self {
            Self::View | Self::Audit => Scope::Read,
            Self::Chat | Self::EditCode | Self::Review | Self::Clone => Scope::Edit,
            Self::ChangeState | Self::Debug => Scope::Run,
            Self::Share | Self::Approve | Self::Kick | Self::Configure | Self::Delete => Scope::Manage,
        }
    }
}

/// What may be done with an API token, beside what its owner may do.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// Look at sandboxes.
    Read,
    /// Create sandboxes and change their documents.
    Edit,
    /// Run programs.
    Run,
    /// Share, configure and delete sandboxes.
    Manage,
    /// Change the account and its tokens.
    Account,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 5] = [Self::Read, Self::Edit, Self::Run, Self::Manage, Self::Account];

    /// As it is stored.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Edit => "edit",
            Self::Run => "run",
            Self::Manage => "manage",
            Self::Account => "account",
        }
    }

    /// The scope of this name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.name() == name)
    }
}

/// What those who lead let editors do, and whether newcomers wait until somebody lets them in.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Switches {
    /// Editors may change files and comment.
    pub edit_code: bool,
    /// Editors may start, stop and talk to the program.
    pub change_state: bool,
    /// Editors may debug.
    pub debug: bool,
    /// Whoever comes by a link waits for approval.
    pub approve_joins: bool,
}

impl Default for Switches {
    fn default() -> Self {
        Self { edit_code: true, change_state: true, debug: true, approve_joins: false }
    }
}

/// Whether somebody in this role may do this.
#[must_use]
pub fn allowed(role: Role, operation: Operation, switches: &Switches) -> bool {
    let on = match operation {
        Operation::EditCode | Operation::Review => switches.edit_code,
        Operation::ChangeState => switches.change_state,
        Operation::Debug => switches.debug,
        _ => true,
    };
    role >= operation.needs() && (on || role >= Role::Instructor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_role_may_do_what_weaker_ones_may() {
        let off = Switches { edit_code: false, change_state: false, debug: false, approve_joins: true };
        for switches in [Switches::default(), off] {
            for operation in Operation::ALL {
                let may: Vec<bool> = Role::ALL.iter().map(|role| allowed(*role, operation, &switches)).collect();
                assert!(may.is_sorted(), "{operation:?} {may:?}");
                assert!(may[3], "the owner may {operation:?}");
            }
        }
    }

    #[test]
    fn a_switch_binds_editors_and_nobody_above() {
        let off = Switches { edit_code: false, ..Switches::default() };
        assert!(!allowed(Role::Editor, Operation::EditCode, &off) && !allowed(Role::Editor, Operation::Review, &off));
        assert!(allowed(Role::Instructor, Operation::EditCode, &off));
        assert!(allowed(Role::Editor, Operation::ChangeState, &off));
    }

    #[test]
    fn names_lead_back_to_what_they_name() {
        for role in Role::ALL {
            assert_eq!(Role::from_name(role.name()), Some(role));
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
        }
        for scope in Scope::ALL {
            assert_eq!(Scope::from_name(scope.name()), Some(scope));
        }
        for capability in [Capability::View, Capability::Edit, Capability::Instruct] {
            assert_eq!(Capability::from_name(capability.name()), Some(capability));
        }
    }
}
