//! What the binary carries: the page, the BEAM guest, and the Elixir/OTP library. The build script writes the tables.

use shared::api::GuestVersion;

include!(concat!(env!("OUT_DIR"), "/assets.rs"));

/// Something that is used as it is.
pub(crate) struct Blob {
    bytes: &'static [u8],
    /// Lower-case hexadecimal.
    sha256: &'static str,
}

/// A file of the page.
pub(crate) struct File {
    /// Path below the root of the page, with `/`.
    pub(crate) path: &'static str,
    /// As it is.
    pub(crate) bytes: &'static [u8],
    /// Compressed, when that is smaller.
    pub(crate) brotli: Option<&'static [u8]>,
    /// Of `bytes`, lower-case hexadecimal.
    pub(crate) sha256: &'static str,
}

/// The BEAM as a wasm module.
#[must_use]
pub fn guest() -> Option<&'static [u8]> {
    GUEST.as_ref().map(|blob| blob.bytes)
}

/// Which guest this is.
#[must_use]
pub fn guest_version() -> Option<GuestVersion> {
    GUEST.as_ref().map(|blob| GuestVersion { sha256: blob.sha256.to_owned(), bytes: blob.bytes.len() as u64 })
}

/// The packed Elixir/OTP library; `shared::bundle` reads it.
#[must_use]
pub fn library() -> Option<&'static [u8]> {
    LIBRARY.as_ref().map(|blob| blob.bytes)
}

/// Whether the binary was built without the page.
#[must_use]
pub fn page_is_missing() -> bool {
    PAGE.is_empty()
}

/// The file of the page at this path.
pub(crate) fn page_file(path: &str) -> Option<&'static File> {
    PAGE.iter().find(|file| file.path == path)
}
