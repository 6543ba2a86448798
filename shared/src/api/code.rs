//! What compilers say about the files of a sandbox, and what editors ask of it: the formatter, and what may be meant.

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

/// A file that is to be formatted.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ToFormat {
    /// Its path, which says its language.
    #[cfg_attr(feature = "openapi", schema(value_type = super::described::ElixirPath))]
    pub path: String,
    /// Its text, 1 MiB at most.
    pub text: String,
}

/// What the formatter made of a file.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum Formatted {
    /// It can be formatted so.
    Done {
        /// The whole text.
        text: String,
        /// The same as changes of the text that was given, as few as will do, in ascending order.
        changes: Vec<TextChange>,
    },
    /// It cannot be read; the diagnostic says where.
    Refused {
        /// Why not.
        diagnostic: Diagnostic,
    },
}

/// A part of a text that becomes another. Positions count UTF-16 code units, before all changes that come with it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextChange {
    /// Where it begins.
    pub from: u32,
    /// Where it ended.
    pub to: u32,
    /// What is to be there.
    pub insert: String,
}

/// What may be meant, and of which part of what was written.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completions {
    /// How many UTF-16 code units before the caret are replaced.
    pub replaces: u32,
    /// What by, the likeliest first.
    pub items: Vec<Completion>,
    /// Whether there is more than is given.
    pub is_cut: bool,
}

/// Something that may be meant.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// What is written.
    pub label: String,
    /// What it is.
    pub kind: CompletionKind,
    /// Of a function its arguments: `(enumerable, fun)`, or only their number: `/2`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
    /// The first line of its documentation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
}

/// What kind of thing may be meant.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CompletionKind {
    /// A function.
    Function,
    /// A macro.
    Macro,
    /// A module.
    Module,
}
