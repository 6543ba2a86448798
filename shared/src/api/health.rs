//! `GET /api/health`.

use serde::{Deserialize, Serialize};

/// The answer of `GET /api/health`: the server is up, and these are the versions of what it is made of.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
    /// Whether programs can be run.
    pub programs: ProgramsStatus,
}

/// Whether a server can run programs.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProgramsStatus {
    /// What they run on is ready.
    Ready,
    /// What they run on is made when the first one runs.
    NotYet,
    /// It was built without what they run on.
    Missing,
}

/// What the server says of itself as a whole.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HealthStatus {
    /// The database answers.
    Ok,
}

/// The version of the server binary.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerVersion {
    /// Semantic version of the crate.
    pub version: String,
    /// How many migrations of the database have been applied.
    pub schema: i64,
}

/// Which BEAM guest a server carries. It has no number of its own: its content names it.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuestVersion {
    /// SHA-256 of the wasm module, lower-case hexadecimal.
    pub sha256: String,
    /// Size of the wasm module in bytes.
    pub bytes: u64,
}

/// Which library the modules of a bundle come from.
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
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
