//! A real server on a free port, with a data folder of its own.

use std::env;
use std::net::{Ipv4Addr, SocketAddr};
use std::num::NonZeroU32;
use std::path::Path;

use anyhow::Context as _;
use backend::app;
use backend::config::{Config, RawConfig};
use backend::state::AppState;
use sqlx::postgres::{PgConnectOptions, PgConnection};
use sqlx::{AssertSqlSafe, Connection as _, Executor as _};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use uuid::Uuid;

/// A server that runs until it is told to stop, or until the test ends.
#[derive(Debug)]
pub struct TestServer {
    address: SocketAddr,
    stop: oneshot::Sender<()>,
    ended: JoinHandle<anyhow::Result<()>>,
    state: AppState,
    /// Removed when the test ends.
    data: TempDir,
    /// The database that is its own, where the tests are run with PostgreSQL.
    database: Option<String>,
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
        Self::start_in(tempfile::tempdir()?, database().await?, given).await
    }

    /// Starts one on what is stored in this folder and this database.
    ///
    /// # Errors
    ///
    /// When it cannot start.
    pub async fn start_on(data: TempDir, database: Option<&str>) -> anyhow::Result<Self> {
        Self::start_in(data, database.map(str::to_owned), RawConfig::default()).await
    }

    /// Where it stores what is not in its folder, if that is elsewhere.
    #[must_use]
    pub fn database(&self) -> Option<&str> {
        self.database.as_deref()
    }

    /// Ends its connections to the database, where it has one that is elsewhere.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn disconnect(&self) -> anyhow::Result<()> {
        let Some(url) = &self.database else { return Ok(()) };
        let mut connection = PgConnection::connect(url).await?;
        let others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                      WHERE datname = current_database() AND pid <> pg_backend_pid()";
        connection.execute(others).await?;
        Ok(connection.close().await?)
    }

    async fn start_in(data: TempDir, database: Option<String>, given: RawConfig) -> anyhow::Result<Self> {
        // All tests come from one address.
        let many = NonZeroU32::new(1_000_000);
        let given = RawConfig {
            data: Some(data.path().to_owned()),
            database: database.clone(),
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
        Ok(Self { address, stop, ended, state, data, database })
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
        Self::start_in(self.data, self.database, RawConfig::default()).await
    }

    /// What its requests share; its clock can be advanced.
    #[must_use]
    pub fn state(&self) -> &AppState {
        &self.state
    }

    /// Where it stores things.
    #[must_use]
    pub fn data(&self) -> &Path {
        self.data.path()
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

/// A new database in the PostgreSQL that `ORRERY_TEST_DATABASE` names; nothing where the tests are run with SQLite.
async fn database() -> anyhow::Result<Option<String>> {
    let Ok(url) = env::var("ORRERY_TEST_DATABASE") else { return Ok(None) };
    let options: PgConnectOptions = url.parse()?;
    let mut connection = PgConnection::connect_with(&options).await?;
    let name = format!("test_{}", Uuid::new_v4().simple());
    // Databases have no parameters; the name is our own.
    connection.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await?;
    connection.close().await?;
    Ok(Some(url.replacen("/postgres?", &format!("/{name}?"), 1)))
}
