//! A real server on a free port, with a data folder of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;

use anyhow::Context as _;
use backend::app;
use backend::config::{Config, RawConfig};
use backend::state::AppState;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A server that runs until it is told to stop, or until the test ends.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<anyhow::Result<()>>,
    state: AppState,
    /// Removed when the test ends.
    data: TempDir,
}

impl TestServer {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// When it cannot start.
    pub async fn start() -> anyhow::Result<Self> {
        Self::start_with(RawConfig::default()).await
    }

    /// Starts one with this configuration, in a data folder of its own.
    ///
    /// # Errors
    ///
    /// When it cannot start.
    pub async fn start_with(given: RawConfig) -> anyhow::Result<Self> {
        Self::start_in(tempfile::tempdir()?, given).await
    }

    async fn start_in(data: TempDir, given: RawConfig) -> anyhow::Result<Self> {
        // All tests come from one address.
        let many = NonZeroU32::new(1_000_000);
        let given = RawConfig {
            data: Some(data.path().to_owned()),
            requests_per_second: given.requests_per_second.or(many),
            sign_ins_per_minute: given.sign_ins_per_minute.or(many),
            ..given
        };
        let state = AppState::open(Config::resolve(given)?).await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        // A sender that is dropped stops the server too.
        let ended = tokio::spawn(app::serve(listener, state.clone(), async move { drop(stopped.await) }));
        Ok(Self { address, stop, ended, state, data })
    }

    /// Stops it and starts another one in the same data folder.
    ///
    /// # Errors
    ///
    /// When it does not end well, or the other one cannot start.
    pub async fn restart(self) -> anyhow::Result<Self> {
        self.stop.send(()).ok().context("the server has ended before it was told to")?;
        self.ended.await??;
        // It holds the data folder.
        drop(self.state);
        Self::start_in(self.data, RawConfig::default()).await
    }

    /// What its requests share; its clock can be advanced.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// The address of a path on it.
    #[must_use]
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Tells it to stop and waits until it has.
    ///
    /// # Errors
    ///
    /// When it does not end well.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.stop.send(()).ok().context("the server has ended before it was told to")?;
        self.ended.await?
    }
}
