//! The last run of each sandbox, and the files of machines that are parked.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write as _};
use std::path::PathBuf;

use sha2::{Digest as _, Sha256};
use shared::api::code::Diagnostic;
use shared::api::run::{Picture, RunOptions, RunStatus};

use super::db::{Row, args};
use super::{Store, StoreError};

/// A run as it is stored.
#[derive(Debug, Clone)]
pub(crate) struct RunRow {
    pub(crate) status: RunStatus,
    pub(crate) asked: RunOptions,
    pub(crate) diagnostics: Vec<Diagnostic>,
    pub(crate) picture: Picture,
    /// The file of its machine, if it is parked.
    pub(crate) machine: Option<String>,
    /// Time outside that the machine has had.
    pub(crate) wall_nanos: u64,
    /// Whether somebody holds it.
    pub(crate) held: bool,
}

impl Store {
    /// Keeps a run in place of the one before. Gives `false` when there is no such sandbox any more.
    pub(crate) async fn keep_run(&self, sandbox: &str, row: &RunRow) -> Result<bool, StoreError> {
        let damaged = |_| StoreError::Damaged { what: sandbox.to_owned() };
        let status = serde_json::to_string(&row.status).map_err(damaged)?;
        let asked = serde_json::to_string(&row.asked).map_err(damaged)?;
        let diagnostics = serde_json::to_string(&row.diagnostics).map_err(damaged)?;
        let picture = serde_json::to_vec(&row.picture).map_err(damaged)?;
        let hash = Sha256::digest(&picture).to_vec();
        let wall = i64::try_from(row.wall_nanos).unwrap_or(i64::MAX);
        let kept = self
            .main
            .execute(
                "INSERT INTO runs (sandbox, status, asked, diagnostics, picture, sha256, machine, wall_nanos, \
                 held) SELECT id, $2, $3, $4, $5, $6, $7, $8, $9 FROM sandboxes WHERE id = $1 \
                 ON CONFLICT (sandbox) DO UPDATE SET status = $2, asked = $3, diagnostics = $4, picture = $5, sha256 = $6, \
                 machine = $7, wall_nanos = $8, held = $9",
                args![sandbox, status, asked, diagnostics, picture, hash, row.machine.as_deref(), wall, i64::from(row.held)],
            )
            .await?;
        Ok(kept == 1)
    }

    /// The last run of a sandbox; nothing when there was none, or what is stored of it is damaged.
    pub(crate) async fn run(&self, sandbox: &str) -> Result<Option<RunRow>, StoreError> {
        let sql = "SELECT status, asked, diagnostics, picture, sha256, machine, wall_nanos, held FROM runs WHERE sandbox = $1";
        let Some(row) = self.main.fetch_one(sql, args![sandbox]).await? else { return Ok(None) };
        let run = read(&row)?;
        if run.is_none() {
            tracing::error!(sandbox, "what is stored of a run is damaged");
        }
        Ok(run)
    }

    /// Where the files of parked machines lie.
    fn machines(&self) -> PathBuf {
        self.data.join("machines")
    }

    /// Writes the file of a machine; it is on the disk, or not there at all.
    pub(crate) fn write_machine(
        &self,
        name: &str,
        write: impl FnOnce(&mut BufWriter<File>) -> io::Result<()>,
    ) -> io::Result<()> {
        let folder = self.machines();
        fs::create_dir_all(&folder)?;
        let part = folder.join(format!("{name}.part"));
        let written = File::create(&part).map(BufWriter::new).and_then(|mut out| {
            write(&mut out)?;
            out.flush()?;
            out.get_ref().sync_all()?;
            fs::rename(&part, folder.join(name))
        });
        if written.is_err() {
            // On a full disk it would only be in the way.
            fs::remove_file(&part).ok();
        }
        written?;
        File::open(&folder)?.sync_all()
    }

    /// Opens the file of a machine.
    pub(crate) fn open_machine(&self, name: &str) -> io::Result<File> {
        File::open(self.machines().join(name))
    }

    /// Forgets the file of a machine. What has opened it can go on reading.
    pub(crate) fn remove_machine(&self, name: &str) {
        if let Err(error) = fs::remove_file(self.machines().join(name))
            && error.kind() != io::ErrorKind::NotFound
        {
            tracing::warn!(name, %error, "the file of a machine cannot be removed");
        }
    }
}

fn read(row: &Row) -> Result<Option<RunRow>, StoreError> {
    let (status, asked, diagnostics) = (row.text(0)?, row.text(1)?, row.text(2)?);
    let (picture, hash) = (row.bytes(3)?, row.bytes(4)?);
    let (machine, wall, held) = (row.opt_text(5)?, row.int(6)?, row.int(7)? != 0);
    if Sha256::digest(&picture).as_slice() != hash {
        return Ok(None);
    }
    let read = || {
        Some(RunRow {
            status: serde_json::from_str(&status).ok()?,
            asked: serde_json::from_str(&asked).ok()?,
            diagnostics: serde_json::from_str(&diagnostics).ok()?,
            picture: serde_json::from_slice(&picture).ok()?,
            machine,
            wall_nanos: u64::try_from(wall).unwrap_or_default(),
            held,
        })
    };
    Ok(read())
}
