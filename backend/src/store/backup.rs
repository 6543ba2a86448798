//! A copy of everything in one file, and back.
//!
//! The file is a tar archive: `backup.json` says what is in it, with the hash of each part; then come the databases and the
//! machines that are parked. A server may run meanwhile. Documents are copied after what says that they exist, so every sandbox in
//! the copy has its documents; a machine that was brought back in between is not in it, and its program is started again.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, Read as _, Seek as _, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use sqlx::sqlite::{SqliteConnectOptions, SqlitePool};
use tempfile::NamedTempFile;
use uuid::Uuid;

use super::{BLOBS_FOLDER, DOCUMENTS_FILE, Elsewhere, MAIN_FILE, Store, StoreError, blobs, lock};
use crate::clock::{Clock, Millis};

/// The part that says what the others are.
const CONTENTS: &str = "backup.json";

/// What we write, and all that we can read.
const FORMAT: u32 = 1;

/// Longest [`CONTENTS`] that is read.
const CONTENTS_BYTES_MAX: u64 = 64 << 20;

/// Why there is no copy, or nothing was brought back.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Where there should be a data folder, nothing is stored.
    #[error("nothing is stored in {data}")]
    Nothing {
        /// The folder.
        data: PathBuf,
    },
    /// The database is not ours to copy.
    #[error(
        "the database is a PostgreSQL: copy it with `pg_dump`, and the folder or bucket of machines with tools for files"
    )]
    Postgres,
    /// What would be written over is not given up.
    #[error("{file} exists already: choose another name, or remove it first")]
    Exists {
        /// The file or folder.
        file: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{file} cannot be read or written")]
    File {
        /// The file.
        file: PathBuf,
        /// What the operating system says.
        #[source]
        source: io::Error,
    },
    /// The file is not a backup, or not whole.
    #[error("{file} is not a whole backup: {why}")]
    Damaged {
        /// The file.
        file: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// A database cannot be copied, or is not one that this server can use.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What a backup holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contents {
    format: u32,
    /// The installation that it was made of.
    pub installation: Uuid,
    /// When it was made.
    pub created_at: Millis,
    /// Length and SHA-256 of each part, in hexadecimal digits.
    parts: BTreeMap<String, (u64, String)>,
}

impl Contents {
    /// How many machines are in it that are parked.
    #[must_use]
    pub fn machines(&self) -> usize {
        self.parts.keys().filter(|name| machine(name).is_some()).count()
    }

    /// How long its parts are together, in bytes.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.parts.values().map(|(bytes, _)| bytes).sum()
    }
}

/// The name of the machine that a part is.
fn machine(part: &str) -> Option<&str> {
    let name = part.strip_prefix(BLOBS_FOLDER)?.strip_prefix('/')?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
    is_name.then_some(name)
}

/// Copies everything of this data folder into a new file.
///
/// # Errors
///
/// When there is nothing, something cannot be copied, or the file exists.
pub async fn back_up(data: &Path, elsewhere: Elsewhere<'_>, file: &Path) -> Result<Contents, BackupError> {
    if elsewhere.database.is_some() {
        return Err(BackupError::Postgres);
    }
    if !data.join(MAIN_FILE).is_file() {
        return Err(BackupError::Nothing { data: data.to_owned() });
    }
    if file.exists() {
        return Err(BackupError::Exists { file: file.to_owned() });
    }
    let failed = |source| BackupError::File { file: file.to_owned(), source };
    let beside = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let scratch = tempfile::tempdir_in(beside).map_err(failed)?;
    for name in [MAIN_FILE, DOCUMENTS_FILE] {
        copy_database(&data.join(name), &scratch.path().join(name)).await?;
    }
    let (installation, machines) = look(&scratch.path().join(MAIN_FILE)).await?;
    let mut parts = vec![(MAIN_FILE.to_owned(), open(scratch.path(), MAIN_FILE).map_err(failed)?)];
    parts.push((DOCUMENTS_FILE.to_owned(), open(scratch.path(), DOCUMENTS_FILE).map_err(failed)?));
    let blobs = blobs(data, elsewhere, installation)?;
    for name in machines {
        match blobs.open(&name).await {
            Ok(machine) => parts.push((format!("{BLOBS_FOLDER}/{name}"), machine)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(source) => return Err(failed(source)),
        }
    }
    let created_at = Clock::default().now();
    pack(parts, installation, created_at, file, beside).map_err(failed)
}

fn open(folder: &Path, name: &str) -> io::Result<File> {
    File::open(folder.join(name))
}

/// Copies a database as it is at one moment, also while a server uses it.
async fn copy_database(from: &Path, to: &Path) -> Result<(), BackupError> {
    let failed = |error| BackupError::Store(StoreError::Database(error));
    let pool = SqlitePool::connect_with(SqliteConnectOptions::new().filename(from)).await.map_err(failed)?;
    let target = to
        .to_str()
        .ok_or_else(|| BackupError::Damaged { file: to.to_owned(), why: "the path is not Unicode".to_owned() })?;
    sqlx::query("VACUUM INTO $1").bind(target).execute(&pool).await.map_err(failed)?;
    pool.close().await;
    Ok(())
}

/// Whose database this is, and which machines are parked.
async fn look(main: &Path) -> Result<(Uuid, Vec<String>), BackupError> {
    let failed = |error| BackupError::Store(StoreError::Database(error));
    let options = SqliteConnectOptions::new().filename(main).read_only(true);
    let pool = SqlitePool::connect_with(options).await.map_err(failed)?;
    let installation: String =
        sqlx::query_scalar("SELECT id FROM installation").fetch_one(&pool).await.map_err(failed)?;
    let sql = "SELECT machine FROM runs WHERE machine IS NOT NULL ORDER BY machine";
    let machines = sqlx::query_scalar(sql).fetch_all(&pool).await.map_err(failed)?;
    pool.close().await;
    let damaged = |_| BackupError::Store(StoreError::Damaged { what: "this installation".to_owned() });
    Ok((Uuid::parse_str(&installation).map_err(damaged)?, machines))
}

fn pack(
    parts: Vec<(String, File)>,
    installation: Uuid,
    created_at: Millis,
    file: &Path,
    beside: &Path,
) -> io::Result<Contents> {
    let mut contents = Contents { format: FORMAT, installation, created_at, parts: BTreeMap::new() };
    for (name, part) in &parts {
        let mut part = part;
        let mut hash = Hashing::new(io::sink());
        let bytes = io::copy(&mut part, &mut hash)?;
        part.rewind()?;
        contents.parts.insert(name.clone(), (bytes, hash.digest()));
    }
    let out = NamedTempFile::new_in(beside)?;
    let mut archive = tar::Builder::new(io::BufWriter::new(out));
    let text = serde_json::to_vec_pretty(&contents)?;
    archive.append_data(&mut header(text.len() as u64, created_at), CONTENTS, &text[..])?;
    for (name, part) in parts {
        let bytes = part.metadata()?.len();
        archive.append_data(&mut header(bytes, created_at), name, part)?;
    }
    let out = archive.into_inner()?.into_inner().map_err(io::IntoInnerError::into_error)?;
    out.as_file().sync_all()?;
    out.persist_noclobber(file).map_err(|error| error.error)?;
    Ok(contents)
}

fn header(bytes: u64, at: Millis) -> tar::Header {
    let mut header = tar::Header::new_gnu();
    header.set_size(bytes);
    // It holds what nobody else may read.
    header.set_mode(0o600);
    header.set_mtime(u64::try_from(at / 1000).unwrap_or_default());
    header
}

/// Brings everything back from a file, into a data folder in which there is nothing yet. The folder is there in the end with all
/// that was in the backup, or as it was before.
///
/// # Errors
///
/// When the folder is in use, or the backup is not whole or newer than this server.
pub async fn restore(file: &Path, data: &Path, elsewhere: Elsewhere<'_>) -> Result<Contents, BackupError> {
    if elsewhere.database.is_some() {
        return Err(BackupError::Postgres);
    }
    let failed = |source| BackupError::File { file: data.to_owned(), source };
    // No server begins here meanwhile.
    let held = lock(data)?;
    let is_lock = |entry: &fs::DirEntry| entry.file_name() == "lock";
    let mut there = fs::read_dir(data).map_err(failed)?;
    if there.any(|entry| !entry.as_ref().is_ok_and(is_lock)) {
        return Err(BackupError::Exists { file: data.to_owned() });
    }
    let scratch = tempfile::tempdir_in(data).map_err(failed)?;
    let contents = unpack(file, scratch.path())?;
    // It is looked at as a server would, which also brings its tables up to date.
    let store = Store::open(scratch.path(), Elsewhere::default()).await?;
    store.close().await;
    drop(store);
    if elsewhere.blobs.is_some() {
        let bucket = blobs(data, elsewhere, contents.installation)?;
        for name in contents.parts.keys().filter_map(|part| machine(part)) {
            let mut kept = open(&scratch.path().join(BLOBS_FOLDER), name).map_err(failed)?;
            bucket.write(name, move |out| io::copy(&mut kept, out).map(drop)).await.map_err(failed)?;
        }
    } else {
        fs::rename(scratch.path().join(BLOBS_FOLDER), data.join(BLOBS_FOLDER)).map_err(failed)?;
    }
    for name in [DOCUMENTS_FILE, MAIN_FILE] {
        fs::rename(scratch.path().join(name), data.join(name)).map_err(failed)?;
    }
    File::open(data).and_then(|folder| folder.sync_all()).map_err(failed)?;
    drop(held);
    Ok(contents)
}

/// Unpacks what a backup says that is in it, and checks it.
fn unpack(file: &Path, folder: &Path) -> Result<Contents, BackupError> {
    let damaged = |why: &str| BackupError::Damaged { file: file.to_owned(), why: why.to_owned() };
    let failed = |source: io::Error| BackupError::File { file: file.to_owned(), source };
    let unreadable = |source: io::Error| damaged(&format!("it cannot be unpacked ({source})"));
    let mut archive = tar::Archive::new(io::BufReader::new(File::open(file).map_err(failed)?));
    let mut entries = archive.entries().map_err(unreadable)?;
    let first = entries.next().ok_or_else(|| damaged("it is empty"))?.map_err(unreadable)?;
    if first.path().map_err(unreadable)?.as_os_str() != CONTENTS {
        return Err(damaged("it does not say what it is"));
    }
    let mut text = Vec::new();
    first.take(CONTENTS_BYTES_MAX).read_to_end(&mut text).map_err(unreadable)?;
    let contents: Contents = serde_json::from_slice(&text).map_err(|error| damaged(&error.to_string()))?;
    if contents.format != FORMAT {
        return Err(damaged("it was made by a newer server"));
    }
    let mut missing = contents.parts.clone();
    for entry in entries {
        let mut entry = entry.map_err(unreadable)?;
        let name = entry.path().map_err(unreadable)?.to_string_lossy().into_owned();
        let (bytes, hash) = missing.remove(&name).ok_or_else(|| damaged(&format!("{name} does not belong there")))?;
        if name != MAIN_FILE && name != DOCUMENTS_FILE && machine(&name).is_none() {
            return Err(damaged(&format!("{name} does not belong there")));
        }
        let place = folder.join(&name);
        fs::create_dir_all(place.parent().unwrap_or(folder)).map_err(failed)?;
        let mut out = Hashing::new(File::create(&place).map_err(failed)?);
        let copied = io::copy(&mut entry, &mut out).map_err(unreadable)?;
        out.inner.sync_all().map_err(failed)?;
        if copied != bytes || out.digest() != hash {
            return Err(damaged(&format!("{name} is not what was written")));
        }
    }
    match missing.keys().next() {
        Some(name) => Err(damaged(&format!("{name} is missing"))),
        None => Ok(contents),
    }
}

/// Passes on what is written, and hashes it.
struct Hashing<W> {
    inner: W,
    hash: Sha256,
}

impl<W> Hashing<W> {
    fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new() }
    }

    fn digest(self) -> String {
        self.hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
    }
}

impl<W: Write> Write for Hashing<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.hash.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}
