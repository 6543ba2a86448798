//! What requests share.

use std::sync::Arc;

use anyhow::Context as _;
use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use shared::api::live::LiveEvent;
use shared::api::session::{Session, SessionEnd};
use shared::api::{GuestVersion, LibraryVersions};
use shared::bundle::Bundle;
use tokio::sync::watch;

use crate::assets;
use crate::clock::Clock;
use crate::config::Config;
use crate::documents::Documents;
use crate::live::LiveSandboxes;
use crate::oidc::Provider;
use crate::rate::{CLEANING, RateLimits};
use crate::runs::Runs;
use crate::store::{Change, Store, StoreError};
use crate::tls;

/// Cheap to clone: every request gets its own.
#[derive(Debug, Clone)]
pub struct AppState(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    config: Config,
    clock: Clock,
    store: Arc<Store>,
    documents: Documents,
    live: LiveSandboxes,
    runs: Runs,
    rates: RateLimits,
    oidc: Option<Provider>,
    metrics: PrometheusHandle,
    /// Becomes `true` when the server is told to stop: sockets end then.
    stopping: watch::Sender<bool>,
    guest: Option<GuestVersion>,
    library: Option<LibraryVersions>,
}

impl AppState {
    /// Opens the store and looks at what the binary carries.
    ///
    /// # Errors
    ///
    /// When the store cannot be opened, or the library inside is damaged.
    pub async fn open(config: Config) -> anyhow::Result<Self> {
        tls::choose_provider();
        let store = Arc::new(Store::open(&config.data, config.elsewhere()).await?);
        store.release_all_keys().await?;
        store.remove_lost_machines().await?;
        if let Some(seq) = store.first_forged_audit_entry().await? {
            tracing::error!(seq, "the audit log was changed from this entry on");
        }
        let library = assets::library()
            .map(|bytes| Bundle::parse(bytes).map(|bundle| bundle.header().versions.clone()))
            .transpose()
            .context("reading the Elixir/OTP library in this binary; build it again with `cargo xtask build`")?;
        if assets::page_is_missing() || assets::guest().is_none() || library.is_none() {
            tracing::warn!("this binary lacks the page, the guest or the library; build it with `cargo xtask build`");
        }
        let clock = Clock::default();
        let documents = Documents::new(store.clone(), clock.clone(), config.history_days);
        let live = LiveSandboxes::default();
        let runs = Runs::new(live.clone(), clock.clone());
        let rates = RateLimits::new(&config.rates);
        let oidc = config.oidc.clone().map(|provider| Provider::new(provider, clock.clone()));
        Ok(Self(Arc::new(Inner {
            config,
            clock,
            store,
            documents,
            live,
            runs,
            rates,
            oidc,
            metrics: metrics(),
            stopping: watch::Sender::new(false),
            guest: assets::guest_version(),
            library,
        })))
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.0.config
    }

    /// The time outside.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.0.clock
    }

    /// The database.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn documents(&self) -> &Documents {
        &self.0.documents
    }

    pub(crate) fn live(&self) -> &LiveSandboxes {
        &self.0.live
    }

    pub(crate) fn runs(&self) -> &Runs {
        &self.0.runs
    }

    /// Roles, switches, members or links of a sandbox are others now. When this returns, everybody who edits is held to
    /// it; those who only look learn of it next.
    pub(crate) async fn access_changed(&self, sandbox: &str) {
        self.0.documents.access_changed(sandbox).await;
        self.0.live.access_changed(sandbox);
        self.0.live.publish(sandbox, LiveEvent::MembersChanged);
    }

    /// The session of a sandbox is another one now, or has other bounds, or is over.
    pub(crate) async fn session_changed(&self, sandbox: &str) {
        self.access_changed(sandbox).await;
        self.0.live.publish(sandbox, LiveEvent::Changed { updated_at: self.0.clock.now() });
    }

    /// A sandbox is no more. Whoever is in it is sent out, and what they wrote meanwhile goes too.
    pub(crate) async fn sandbox_deleted(&self, sandbox: &str) -> Result<(), StoreError> {
        // Those who edit are told that it is gone, before those who look find that they are in it no more.
        self.0.documents.sandbox_deleted(sandbox).await;
        self.0.runs.sandbox_deleted(self, sandbox).await;
        self.access_changed(sandbox).await;
        self.0.store.delete_documents(sandbox).await
    }

    /// Deletes somebody and everything that is theirs.
    pub(crate) async fn delete_person(&self, user: &str) -> Result<(), StoreError> {
        for sandbox in self.0.store.delete_user(user, self.0.clock.now()).await? {
            self.sandbox_deleted(&sandbox).await?;
        }
        Ok(())
    }

    pub(crate) fn rates(&self) -> &RateLimits {
        &self.0.rates
    }

    /// With what people can sign in besides a password.
    pub(crate) fn oidc(&self) -> Option<&Provider> {
        self.0.oidc.as_ref()
    }

    pub(crate) fn metrics(&self) -> &PrometheusHandle {
        &self.0.metrics
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

    /// Ends when the server is told to stop.
    pub(crate) async fn stopping(&self) {
        let mut stopping = self.0.stopping.subscribe();
        // The sender lives as long as we do.
        drop(stopping.wait_for(|stopping| *stopping).await);
    }

    /// Makes ready what programs run on, so that the first one starts as quickly as the others. Takes nobody's time.
    pub fn prepare(&self) {
        tokio::spawn(crate::runs::prepare());
    }

    /// Tells every socket to end.
    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Looks after what grows with time, until the server stops.
    pub(crate) async fn housekeeping(&self) {
        let mut interval = tokio::time::interval(CLEANING);
        loop {
            tokio::select! {
                _ = interval.tick() => self.look_after().await,
                () = self.stopping() => return,
            }
        }
    }
}

impl AppState {
    /// Looks after what grows with time, once.
    pub async fn look_after(&self) {
        self.0.rates.clean();
        self.0.live.clean(self.0.clock.now());
        self.0.metrics.run_upkeep();
        let failed = |error: StoreError, what| {
            tracing::error!(error = crate::error::chain(&error), "{what} are not looked after")
        };
        self.look_after_sessions().await.unwrap_or_else(|error| failed(error, "sessions"));
        self.look_after_guests().await.unwrap_or_else(|error| failed(error, "guests"));
        self.0.runs.checkpoint(self, self.0.config.checkpoint_after_millis).await;
        self.0.runs.park_unseen(self, self.0.config.park_after_millis).await;
    }

    /// Ends sessions whose time is over, and those in which nobody is any more.
    async fn look_after_sessions(&self) -> Result<(), StoreError> {
        let now = self.0.clock.now();
        for sandbox in self.0.store.bounded_sessions().await? {
            let is_there = self.0.live.has_participants(&sandbox);
            let look = |session: &mut Session| {
                if session.is_over(now) || (!is_there && session.lonely_until().is_some_and(|until| until <= now)) {
                    session.ended = Some(SessionEnd { at: now, by: None });
                    return Some(Change::Ended);
                }
                session.seen_at = now;
                (is_there && session.rules.idle_minutes.is_some()).then_some(Change::Seen)
            };
            let changed = self.0.store.change_session(&sandbox, None, now, look).await?;
            if changed.is_some_and(|session| session.ended.is_some()) {
                self.session_changed(&sandbox).await;
            }
        }
        Ok(())
    }

    /// Forgets guests who are lost, where that is wanted.
    async fn look_after_guests(&self) -> Result<(), StoreError> {
        let Some(millis) = self.0.config.lost_guests_after_millis else { return Ok(()) };
        let now = self.0.clock.now();
        for guest in self.0.store.lost_guests(now - millis, now).await? {
            self.delete_person(&guest).await?;
            metrics::counter!("orrery_lost_guests_deleted_total").increment(1);
        }
        Ok(())
    }
}

/// One recorder a process: servers in one test share it.
fn metrics() -> PrometheusHandle {
    static HANDLE: std::sync::OnceLock<PrometheusHandle> = std::sync::OnceLock::new();
    HANDLE
        .get_or_init(|| {
            let recorder = PrometheusBuilder::new().build_recorder();
            let handle = recorder.handle();
            if metrics::set_global_recorder(recorder).is_err() {
                tracing::warn!("something else records metrics in this process");
            }
            handle
        })
        .clone()
}
