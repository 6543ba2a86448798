//! The embedded database: SQLite in the data folder.
//!
//! SQLite has one writer at a time, so writes go through a single connection and never meet a busy database; reads have
//! connections of their own and, thanks to the write-ahead log, wait for nobody.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use sqlx::migrate::{MigrateError, Migrator};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePool, SqlitePoolOptions, SqliteSynchronous};
use uuid::Uuid;

/// Every change of the schema, in order. They are part of the binary.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Connections that only read.
const READERS: u32 = 4;

/// How long a connection waits for another process, such as a backup, to let go of the file.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why the database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The data folder cannot be made or written.
    #[error("the data folder {data} cannot be used")]
    Folder {
        /// The folder.
        data: PathBuf,
        /// What the operating system says.
        #[source]
        source: std::io::Error,
    },
    /// Another server uses the same data folder.
    #[error("another server is using the data folder {data}: stop it, or choose another folder with --data")]
    InUse {
        /// The folder.
        data: PathBuf,
    },
    /// The schema cannot be brought up to date, for instance because a newer server has written it.
    #[error("the database cannot be brought up to date")]
    Migrate(#[source] MigrateError),
    /// A statement failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
}

/// The open database. Cheap to share; dropping it releases the data folder.
#[derive(Debug)]
pub struct Store {
    readers: SqlitePool,
    writer: SqlitePool,
    installation: Uuid,
    /// Held for as long as the store lives, so that no second server opens the same folder.
    _lock: File,
}

impl Store {
    /// Opens the database in this folder, making folder and database where they are missing, and brings the schema up
    /// to date.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used or is in use, or the database is damaged or newer than this server.
    pub async fn open(data: &Path) -> Result<Self, StoreError> {
        let lock = lock(data)?;
        let options = SqliteConnectOptions::new()
            .filename(data.join("orrery.sqlite"))
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(SqliteSynchronous::Full)
            .foreign_keys(true)
            .busy_timeout(BUSY_TIMEOUT);
        let writer = SqlitePoolOptions::new()
            .max_connections(1)
            .connect_with(options.clone())
            .await
            .map_err(StoreError::Database)?;
        MIGRATIONS.run(&writer).await.map_err(StoreError::Migrate)?;
        let readers = SqlitePoolOptions::new()
            .max_connections(READERS)
            .connect_with(options.read_only(true))
            .await
            .map_err(StoreError::Database)?;
        let installation = installation(&writer).await.map_err(StoreError::Database)?;
        tracing::info!(%installation, "the database is open");
        Ok(Self { readers, writer, installation, _lock: lock })
    }

    /// Tells this installation from others; the same for as long as the data folder lives.
    #[must_use]
    pub fn installation(&self) -> Uuid {
        self.installation
    }

    /// How many migrations have been applied.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn schema(&self) -> Result<i64, StoreError> {
        sqlx::query_scalar("SELECT count(*) FROM _sqlx_migrations WHERE success")
            .fetch_one(&self.readers)
            .await
            .map_err(StoreError::Database)
    }

    /// Writes everything to the database file and lets go of it.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

fn lock(data: &Path) -> Result<File, StoreError> {
    let folder = |source| StoreError::Folder { data: data.to_owned(), source };
    fs::create_dir_all(data).map_err(folder)?;
    let file = File::create(data.join("lock")).map_err(folder)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::InUse { data: data.to_owned() }),
        Err(TryLockError::Error(source)) => Err(folder(source)),
    }
}

/// Reads the row of this installation, writing it the first time.
async fn installation(writer: &SqlitePool) -> Result<Uuid, sqlx::Error> {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let now_millis = i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX);
    sqlx::query("INSERT INTO installation (one, id, created_at) VALUES (1, ?, ?) ON CONFLICT DO NOTHING")
        .bind(Uuid::new_v4().to_string())
        .bind(now_millis)
        .execute(writer)
        .await?;
    let id: String = sqlx::query_scalar("SELECT id FROM installation").fetch_one(writer).await?;
    Uuid::parse_str(&id).map_err(|error| sqlx::Error::Decode(error.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_was_written_is_there_after_opening_again() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).await.unwrap();
        let first = store.installation();
        store.close().await;
        drop(store);
        let store = Store::open(data.path()).await.unwrap();
        assert_eq!(store.installation(), first);
        assert_eq!(store.schema().await.unwrap(), MIGRATIONS.iter().count() as i64);
    }

    #[tokio::test]
    async fn a_second_server_on_the_same_folder_is_refused() {
        let data = tempfile::tempdir().unwrap();
        let _store = Store::open(data.path()).await.unwrap();
        assert!(matches!(Store::open(data.path()).await, Err(StoreError::InUse { .. })));
    }

    #[tokio::test]
    async fn a_damaged_database_is_an_error() {
        let data = tempfile::tempdir().unwrap();
        fs::write(data.path().join("orrery.sqlite"), vec![7; 8192]).unwrap();
        assert!(Store::open(data.path()).await.is_err());
    }

    #[tokio::test]
    async fn the_database_keeps_a_write_ahead_log() {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open(data.path()).await.unwrap();
        let mode: String = sqlx::query_scalar("PRAGMA journal_mode").fetch_one(&store.writer).await.unwrap();
        assert_eq!(mode, "wal");
    }
}
