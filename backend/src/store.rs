//! What is stored: people, sandboxes and documents, in SQLite files in the data folder or in a PostgreSQL database.
//!
//! Nothing outside this module knows a table. Each kind of thing has a file:
//!
//! - `people`: accounts, guests, sessions, API tokens.
//! - `identities`: people who sign in with a provider of OpenID Connect.
//! - `sandboxes`: sandboxes and the chat in them.
//! - `sessions`: when people may be in a sandbox together.
//! - `members`: who is in a sandbox, and by which link.
//! - `documents`: logs and states of shared documents.
//! - `runs`: the last run of each sandbox, and parked machines.
//! - `audit`: who did what.
//! - `idempotency`: answers that may be asked for again.
//!
//! Large things, such as parked machines, lie beside the database (`blobs`). `backup` copies everything and brings it back.

mod audit;
mod backup;
mod blobs;
mod db;
mod documents;
mod idempotency;
mod identities;
mod members;
mod people;
mod runs;
mod sandboxes;
mod sessions;

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};

use sqlx::migrate::MigrateError;
use uuid::Uuid;

use self::blobs::Blobs;
use self::db::{Db, Durability, Schema, args};
use crate::clock::Clock;

pub use backup::{BackupError, back_up, restore};
pub(crate) use documents::{Appended, LoadedDocument};
pub(crate) use idempotency::Remembered;
pub(crate) use identities::Identity;
pub(crate) use members::{Access, NewLinkRow, Opened};
pub(crate) use people::NewTokenRow;
pub(crate) use runs::RunRow;
pub(crate) use sandboxes::NewSandboxRow;
pub(crate) use sessions::Change;

/// The databases of the data folder, where they are not elsewhere.
const MAIN_FILE: &str = "orrery.sqlite";
const DOCUMENTS_FILE: &str = "documents.sqlite";

/// The folder for large things in it.
const BLOBS_FOLDER: &str = "machines";

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
    /// Another server uses the same database.
    #[error("another server is using this database: stop it, or give this one a database of its own")]
    DatabaseInUse,
    /// The schema cannot be brought up to date, for instance because a newer server has written it.
    #[error("the database cannot be brought up to date")]
    Migrate(#[source] MigrateError),
    /// A statement failed.
    #[error("the database failed")]
    Database(#[source] sqlx::Error),
    /// The place for large things cannot be used.
    #[error("the place for large things cannot be used")]
    Blobs(#[source] object_store::Error),
    /// What was read is not what was written.
    #[error("what is stored of {what} is damaged")]
    Damaged {
        /// Of what.
        what: String,
    },
}

/// Where things are stored besides the data folder.
#[derive(Debug, Clone, Copy, Default)]
pub struct Elsewhere<'a> {
    /// A PostgreSQL database instead of the embedded one.
    pub database: Option<&'a str>,
    /// A bucket for large things, `s3://bucket/prefix`, instead of a folder.
    pub blobs: Option<&'a str>,
}

/// The open store. Cheap to share; dropping it releases the data folder.
#[derive(Debug)]
pub struct Store {
    main: Db,
    documents: Db,
    blobs: Blobs,
    installation: Uuid,
    /// The write-ahead log of the documents, to be synchronised after writing; nothing where a commit already does.
    document_log: Option<PathBuf>,
    /// Held for as long as the store lives, so that no second server opens the same folder.
    _lock: File,
}

impl Store {
    /// Opens the databases in this folder, or those elsewhere, making what is missing, and brings the schema up to date.
    ///
    /// # Errors
    ///
    /// When the folder cannot be used or is in use, or a database is damaged or newer than this server.
    pub async fn open(data: &Path, elsewhere: Elsewhere<'_>) -> Result<Self, StoreError> {
        let lock = lock(data)?;
        let (main, documents, document_log) = match elsewhere.database {
            None => {
                let file = data.join(DOCUMENTS_FILE);
                // Many small writes: the group of them is synchronised, not each.
                let documents = Db::sqlite(&file, Schema::Documents, Durability::Process).await?;
                let main = Db::sqlite(&data.join(MAIN_FILE), Schema::Main, Durability::Commit).await?;
                (main, documents, Some(data.join(format!("{DOCUMENTS_FILE}-wal"))))
            }
            Some(url) => (Db::postgres(url, Schema::Main).await?, Db::postgres(url, Schema::Documents).await?, None),
        };
        let installation = installation(&main).await?;
        let blobs = blobs(data, elsewhere, installation)?;
        tracing::info!(%installation, "the database is open");
        Ok(Self { main, documents, blobs, installation, document_log, _lock: lock })
    }

    /// Tells this installation from others; the same for as long as the data folder lives.
    #[must_use]
    pub fn installation(&self) -> Uuid {
        self.installation
    }

    /// How many changes of the schema have been applied.
    ///
    /// # Errors
    ///
    /// When the database does not answer.
    pub async fn schema(&self) -> Result<i64, StoreError> {
        self.main.fetch_one("SELECT 1 FROM installation", args![]).await?;
        Ok(Schema::Main.version())
    }

    /// Writes everything to the database files and lets go of them.
    pub async fn close(&self) {
        self.documents.close().await;
        self.main.close().await;
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

/// Installations may share a bucket: each has its own corner of it.
fn blobs(data: &Path, elsewhere: Elsewhere<'_>, installation: Uuid) -> Result<Blobs, StoreError> {
    match elsewhere.blobs {
        None => Blobs::local(&data.join(BLOBS_FOLDER)),
        Some(url) => Blobs::bucket(&format!("{}/{installation}", url.trim_end_matches('/')), std::env::vars(), data),
    }
}

/// Reads the row of this installation, writing it the first time.
async fn installation(db: &Db) -> Result<Uuid, StoreError> {
    db.execute(
        "INSERT INTO installation (one, id, created_at) VALUES (1, $1, $2) ON CONFLICT DO NOTHING",
        args![Uuid::new_v4().to_string(), Clock::default().now()],
    )
    .await?;
    let damaged = || StoreError::Damaged { what: "this installation".to_owned() };
    let row = db.fetch_one("SELECT id FROM installation", args![]).await?.ok_or_else(damaged)?;
    Uuid::parse_str(&row.text(0)?).ok().ok_or_else(damaged)
}
