//! What requests share.

use std::sync::Arc;

use anyhow::Context as _;
use shared::api::{GuestVersion, LibraryVersions};
use shared::bundle::Bundle;

use crate::assets;
use crate::config::Config;
use crate::store::Store;

/// Cheap to clone: every request gets its own.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    store: Store,
    guest: Option<GuestVersion>,
    library: Option<LibraryVersions>,
}

impl AppState {
    /// Opens the store and looks at what the binary carries.
    ///
    /// # Errors
    ///
    /// When the store cannot be opened, or the library inside is damaged.
    pub async fn open(config: &Config) -> anyhow::Result<Self> {
        let store = Store::open(&config.data).await?;
        let library = assets::library()
            .map(|bytes| Bundle::parse(bytes).map(|bundle| bundle.header().versions.clone()))
            .transpose()
            .context("reading the Elixir/OTP library in this binary; build it again with `cargo xtask build`")?;
        if assets::page_is_missing() || assets::guest().is_none() || library.is_none() {
            tracing::warn!("this binary lacks the page, the guest or the library; build it with `cargo xtask build`");
        }
        Ok(Self(Arc::new(Inner { store, guest: assets::guest_version(), library })))
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    /// Which guest the binary carries.
    #[must_use]
    pub fn guest(&self) -> Option<&GuestVersion> {
        self.0.guest.as_ref()
    }

    /// Which library the binary carries.
    #[must_use]
    pub fn library(&self) -> Option<&LibraryVersions> {
        self.0.library.as_ref()
    }
}
