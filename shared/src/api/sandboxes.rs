//! Sandboxes, their files and settings, templates.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::session::Session;
use crate::access::{Role, Switches};
use crate::limits::Limits;

/// Text files by their paths.
pub type Files = BTreeMap<String, String>;

/// Longest path of a file, in characters.
pub const PATH_MAX: usize = 255;

/// Most files that a sandbox begins with.
pub const FILES_MAX: usize = 500;

/// Most bytes of all files that a sandbox begins with.
pub const FILES_BYTES_MAX: usize = 4 << 20;

/// Why a path does not name a file of a sandbox.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is no path of a file: give a relative path of letters, digits, `.`, `_`, `-`, `/` and spaces")]
pub struct PathError(pub String);

/// Whether a path names a file of a sandbox: relative, no part that is empty or only dots, nothing that a shell or a browser takes
/// for something else.
///
/// # Errors
///
/// When it does not.
pub fn check_path(path: &str) -> Result<(), PathError> {
    let part = |part: &str| {
        part.contains(|c| c != '.' && c != ' ')
            && !part.starts_with(' ')
            && !part.ends_with(' ')
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '.' | '_' | '-' | ' ' | '+' | '@'))
    };
    if path.chars().count() <= PATH_MAX && path.split('/').all(part) { Ok(()) } else { Err(PathError(path.to_owned())) }
}

/// A sandbox, as one of its members sees it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sandbox {
    /// `sandbox-…`
    pub id: String,
    /// As people call it.
    pub name: String,
    /// Who made it.
    pub owner: String,
    /// What the one who asks is in it.
    pub role: Role,
    /// The template it began as.
    pub template: Option<String>,
    /// The sandbox it is a copy of.
    pub forked_from: Option<String>,
    /// What editors may do.
    pub switches: Switches,
    /// What its programs may use.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub limits: Limits,
    /// The time in which people are in it together.
    #[serde(default)]
    pub session: Session,
    /// When it was made.
    pub created_at: i64,
    /// When its name, its settings or its files were last changed; of its files to about a minute.
    pub updated_at: i64,
}

/// `POST /api/sandboxes`: a new sandbox, empty unless one of `template`, `files` and `link` says what it begins with.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NewSandbox {
    /// As people call it; 1 to 100 characters.
    pub name: Option<String>,
    /// The template it begins as.
    pub template: Option<String>,
    /// The files it begins with.
    pub files: Option<Files>,
    /// The secret of a link to the sandbox that it begins as a copy of.
    pub link: Option<String>,
}

/// `PATCH /api/sandboxes/{id}`: what is not given stays.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ChangeSandbox {
    /// A new name.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::SandboxName>))]
    pub name: Option<String>,
    /// New switches.
    pub switches: Option<Switches>,
    /// New limits. Those above what the server allows are refused.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::SandboxLimits>))]
    pub limits: Option<Limits>,
}

/// `POST /api/sandboxes/{id}/clone`.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CloneSandbox {
    /// The name of the copy.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<super::described::SandboxName>))]
    pub name: Option<String>,
}

/// What a sandbox can begin as.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Template {
    /// For `template` of a new sandbox.
    pub id: String,
    /// Its title.
    pub title: String,
    /// What can be learned from it, in a sentence.
    pub summary: String,
    /// Its files.
    #[cfg_attr(feature = "openapi", schema(value_type = std::collections::BTreeMap<String, String>))]
    pub files: Files,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_sandbox() {
        for path in ["a.ex", "lib/my app/über.exs", ". a/...b", "test/a_test.exs", ".formatter.exs"] {
            assert_eq!(check_path(path), Ok(()));
        }
        let long = "a".repeat(PATH_MAX + 1);
        for path in [
            "", "/a", "a/", "a//b", "../a", "a/../b", "./a", "a\0b", "a\nb", "...", "a/. .", "c:\\d", " a", "<a>",
            &long,
        ] {
            assert!(check_path(path).is_err(), "{path:?}");
        }
    }
}
