//! A real server on a free port, with a data folder of its own.

use std::net::{Ipv4Addr, SocketAddr};

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
    /// Removed when the test ends.
    _data: TempDir,
}

impl TestServer {
    /// Starts one.
    ///
    /// # Errors
    ///
    /// When it cannot start.
    pub async fn start() -> anyhow::Result<Self> {
        let data = tempfile::tempdir()?;
        let given = RawConfig { data: Some(data.path().to_owned()), ..RawConfig::default() };
        let state = AppState::open(&Config::resolve(given)?).await?;
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?;
        let (stop, stopped) = oneshot::channel::<()>();
        // A sender that is dropped stops the server too.
        let ended = tokio::spawn(app::serve(listener, state, async move { drop(stopped.await) }));
        Ok(Self { address, stop, ended, _data: data })
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
