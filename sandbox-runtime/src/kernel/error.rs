//! Errors that a call raises in the process that made it.

use shared::limits::LimitKind;

/// An error of class `error` in the calling process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Raise {
    /// `badarg` without more to say.
    Badarg,
    /// `badarg` with a cause for `error_info`.
    BadargCause(&'static str),
    /// `noproc`
    Noproc,
    /// `system_limit`
    SystemLimit(LimitKind),
    /// `notsup`
    Notsup,
}

impl Raise {
    /// The reason of the error.
    pub const fn reason(self) -> &'static str {
        match self {
            Self::Badarg | Self::BadargCause(_) => "badarg",
            Self::Noproc => "noproc",
            Self::SystemLimit(_) => "system_limit",
            Self::Notsup => "notsup",
        }
    }

    /// The `cause` of the `error_info` map, when there is one.
    pub const fn cause(self) -> Option<&'static str> {
        match self {
            Self::BadargCause(cause) => Some(cause),
            _ => None,
        }
    }
}
