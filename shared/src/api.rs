//! Answers of the HTTP API, as the server writes and the page reads them.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/health`: the server is up, and these are the versions of what it is made of.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// Always [`HealthStatus::Ok`] in an answer with HTTP status 200.
    pub status: HealthStatus,
    /// The server itself.
    pub server: ServerVersion,
    /// The BEAM guest inside the server; `None` in a server that was built without one.
    pub guest: Option<GuestVersion>,
    /// The Elixir/OTP library inside the server; `None` in a server that was built without one.
    pub library: Option<LibraryVersions>,
}

/// What the server says of itself as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// The database answers.
    Ok,
}

/// The version of the server binary.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerVersion {
    /// Semantic version of the crate.
    pub version: String,
    /// How many migrations of the database have been applied.
    pub schema: i64,
}

/// Which BEAM guest a server carries. It has no number of its own: its content names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestVersion {
    /// SHA-256 of the wasm module, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the wasm module in bytes.
    pub bytes: u64,
}

/// Which library the modules of a bundle come from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LibraryVersions {
    /// Elixir's version, as `System.version/0` gives it: `1.18.3`.
    pub elixir: String,
    /// The release of Erlang/OTP with its patch level, as the file `OTP_VERSION` gives it: `27.3.4.1`.
    pub otp: String,
    /// The version of the Erlang run-time system, as `erlang:system_info(version)` gives it: `15.2.7`.
    pub erts: String,
    /// How many modules are in the bundle.
    pub modules: u32,
}

/// The body of every answer of the API whose status is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ErrorBody {
    /// Stable and for programs: `not_found`, `unavailable`…
    pub code: String,
    /// For people: what went wrong and, where there is something, what to do.
    pub message: String,
    /// Names this request in the server's log.
    pub request_id: String,
}
