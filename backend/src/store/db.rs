//! One database under the store, SQLite or PostgreSQL, behind the few calls that the store needs. Statements are written
//! once, in the SQL that both understand, with `$1`, `$2`… for their arguments.
//!
//! There is one writing connection. SQLite has no more than one writer anyway, and its others would only meet a busy
//! database; under PostgreSQL it gives the same order of changes. Reading has connections of its own.

mod checkpoints;
mod exclusive;
mod migrate;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::sqlite::{
    SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteRow, SqliteSynchronous,
};
use sqlx::{Postgres, Row as _, Sqlite, Transaction};

use super::StoreError;
use checkpoints::Checkpoints;
pub(super) use migrate::Schema;

/// Connections that only read.
const READERS: u32 = 4;

/// How long a connection waits for another process, such as a backup, to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// An open database.
#[derive(Debug, Clone)]
pub(super) enum Db {
    Sqlite { writer: SqlitePool, readers: SqlitePool, checkpoints: Option<Arc<Checkpoints>> },
    Postgres { writer: PgPool, readers: PgPool },
}

/// When what was written is on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Durability {
    /// Before the statement that wrote it returns.
    Commit,
    /// It survives this process at once; whoever needs it to survive the machine synchronises the log themselves.
    Process,
}

/// An argument of a statement.
#[derive(Debug, Clone)]
pub(super) enum Value {
    Int(Option<i64>),
    Text(Option<String>),
    Bytes(Option<Vec<u8>>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(Some(value))
    }
}

impl From<Option<i64>> for Value {
    fn from(value: Option<i64>) -> Self {
        Self::Int(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(Some(value.to_owned()))
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(Some(value))
    }
}

impl From<Option<&str>> for Value {
    fn from(value: Option<&str>) -> Self {
        Self::Text(value.map(str::to_owned))
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(Some(value.to_owned()))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(Some(value))
    }
}

/// Arguments of a statement, in order.
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::store::db::Value::from($value)),*] };
}
pub(super) use args;

/// A row of an answer.
#[derive(Debug)]
pub(super) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

impl Row {
    pub(super) fn int(&self, column: usize) -> Result<i64, StoreError> {
        self.get(column)
    }

    pub(super) fn opt_int(&self, column: usize) -> Result<Option<i64>, StoreError> {
        self.get(column)
    }

    pub(super) fn text(&self, column: usize) -> Result<String, StoreError> {
        self.get(column)
    }

    pub(super) fn opt_text(&self, column: usize) -> Result<Option<String>, StoreError> {
        self.get(column)
    }

    pub(super) fn bytes(&self, column: usize) -> Result<Vec<u8>, StoreError> {
        self.get(column)
    }

    fn get<T>(&self, column: usize) -> Result<T, StoreError>
    where
        T: for<'r> sqlx::Decode<'r, Sqlite>
            + sqlx::Type<Sqlite>
            + for<'r> sqlx::Decode<'r, Postgres>
            + sqlx::Type<Postgres>,
    {
        match self {
            Self::Sqlite(row) => row.try_get(column),
            Self::Postgres(row) => row.try_get(column),
        }
        .map_err(StoreError::Database)
    }
}

/// Gives a query its arguments.
macro_rules! bound {
    ($sql:expr, $args:expr) => {{
        let mut query = sqlx::query($sql);
        for value in $args {
            query = match value {
                Value::Int(value) => query.bind(value),
                Value::Text(value) => query.bind(value),
                Value::Bytes(value) => query.bind(value),
            };
        }
        query
    }};
}

/// Texts of PostgreSQL have no NUL: the sign for what cannot be shown stands in its place, so that nothing is found by it.
fn without_nul(mut args: Vec<Value>) -> Vec<Value> {
    for value in &mut args {
        if let Value::Text(Some(text)) = value
            && text.contains('\0')
        {
            *text = text.replace('\0', "\u{fffd}");
        }
    }
    args
}

impl Db {
    /// Opens a file, making it where it is missing, and brings its schema up to date.
    pub(super) async fn sqlite(file: &Path, schema: Schema, durability: Durability) -> Result<Self, StoreError> {
        let options = SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(match durability {
                Durability::Commit => SqliteSynchronous::Full,
                Durability::Process => SqliteSynchronous::Normal,
            })
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let options = match durability {
            Durability::Commit => options,
            // Whoever writes much does not wait for what is moved.
            Durability::Process => options.pragma("wal_autocheckpoint", "0"),
        };
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .min_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .connect_with(options.clone())
            .await
            .map_err(StoreError::Database)?;
        schema.sqlite().run(&writer).await.map_err(StoreError::Migrate)?;
        let checkpoints = match durability {
            Durability::Commit => None,
            Durability::Process => Some(Arc::new(Checkpoints::start(options.clone()).await?)),
        };
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(StoreError::Database)?;
        Ok(Self::Sqlite { writer, readers, checkpoints })
    }

    /// Connects to a PostgreSQL database that no other server writes to, and brings its schema up to date.
    pub(super) async fn postgres(url: &str, schema: Schema) -> Result<Self, StoreError> {
        let options: PgConnectOptions = url.parse().map_err(StoreError::Database)?;
        exclusive::check(&options, schema).await?;
        // The lock is the connection's, so it is to stay for as long as it can.
        let writer = PgPoolOptions::new()
            .max_connections(1)
            .idle_timeout(None)
            .max_lifetime(None)
            .after_connect(move |connection, _| Box::pin(exclusive::take(connection, schema)))
            .connect_with(options.clone())
            .await
            .map_err(StoreError::Database)?;
        schema.postgres().run(&writer).await.map_err(StoreError::Migrate)?;
        let readers = PgPoolOptions::new().max_connections(READERS).connect_with(options).await;
        Ok(Self::Postgres { writer, readers: readers.map_err(StoreError::Database)? })
    }

    /// Reads.
    pub(super) async fn fetch(&self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite { readers, .. } => {
                let rows = bound!(sql, args).fetch_all(readers).await.map_err(StoreError::Database)?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres { readers, .. } => {
                let rows = bound!(sql, without_nul(args)).fetch_all(readers).await.map_err(StoreError::Database)?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Reads at most one row.
    pub(super) async fn fetch_one(&self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    /// Begins to write. Whatever is not committed has not happened.
    pub(super) async fn begin(&self) -> Result<Tx, StoreError> {
        match self {
            Self::Sqlite { writer, checkpoints, .. } => {
                checkpoints.iter().for_each(|checkpoints| checkpoints.count());
                writer.begin_with("BEGIN IMMEDIATE").await.map(Tx::Sqlite).map_err(StoreError::Database)
            }
            Self::Postgres { writer, .. } => writer.begin().await.map(Tx::Postgres).map_err(StoreError::Database),
        }
    }

    /// Writes in one statement; gives how many rows that concerned.
    pub(super) async fn execute(&self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let changed = tx.execute(sql, args).await?;
        tx.commit().await?;
        Ok(changed)
    }

    /// Writes everything to the disk and lets go of it.
    pub(super) async fn close(&self) {
        match self {
            Self::Sqlite { writer, readers, checkpoints } => {
                if let Some(checkpoints) = checkpoints {
                    checkpoints.stop().await;
                }
                readers.close().await;
                writer.close().await;
            }
            Self::Postgres { writer, readers } => {
                readers.close().await;
                writer.close().await;
            }
        }
    }
}

/// Changes that happen together or not at all.
#[derive(Debug)]
pub(super) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

impl Tx {
    pub(super) async fn fetch(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Vec<Row>, StoreError> {
        match self {
            Self::Sqlite(tx) => {
                let rows = bound!(sql, args).fetch_all(&mut **tx).await.map_err(StoreError::Database)?;
                Ok(rows.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres(tx) => {
                let rows = bound!(sql, without_nul(args)).fetch_all(&mut **tx).await.map_err(StoreError::Database)?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    pub(super) async fn fetch_one(&mut self, sql: &'static str, args: Vec<Value>) -> Result<Option<Row>, StoreError> {
        Ok(self.fetch(sql, args).await?.into_iter().next())
    }

    pub(super) async fn execute(&mut self, sql: &'static str, args: Vec<Value>) -> Result<u64, StoreError> {
        match self {
            Self::Sqlite(tx) => bound!(sql, args).execute(&mut **tx).await.map(|done| done.rows_affected()),
            Self::Postgres(tx) => {
                bound!(sql, without_nul(args)).execute(&mut **tx).await.map(|done| done.rows_affected())
            }
        }
        .map_err(StoreError::Database)
    }

    pub(super) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await,
            Self::Postgres(tx) => tx.commit().await,
        }
        .map_err(StoreError::Database)
    }
}
