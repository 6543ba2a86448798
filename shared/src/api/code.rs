//! What compilers say about the files of a sandbox.

use serde::{Deserialize, Serialize};

/// Something that a compiler has to say about a file.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// The file, as it was named; nothing when it is about none of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Where it begins; nothing when it is about the whole file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Place>,
    /// Where it ends, if that is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<Place>,
    /// How bad it is.
    pub severity: Severity,
    /// The compiler's own text, its hints included.
    pub message: String,
}

/// A place in a file.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// Of the file, the first one being 1.
    pub line: u32,
    /// Of the line, in characters, the first one being 1; nothing when only the line is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<u32>,
}

/// How bad a diagnostic is.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Nothing was compiled because of it.
    Error,
    /// It may be a mistake.
    Warning,
    /// Worth knowing.
    Information,
    /// What could be better.
    Hint,
}
