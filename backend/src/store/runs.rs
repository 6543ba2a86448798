//! The last run of each sandbox, and the files of machines that are parked.

use std::collections::HashSet;
use std::fs::File;
use std::io;

use sha2::{Digest as _, Sha256};
use shared::api::code::Diagnostic;
use shared::api::run::{Picture, RunOptions, RunStatus};

use super::blobs::BlobWriter;
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

    /// Keeps a machine under this name; it is there and stays there, or not at all.
    pub(crate) async fn write_machine<E: Into<io::Error>>(
        &self,
        name: &str,
        write: impl FnOnce(&mut BlobWriter) -> Result<(), E> + Send + 'static,
    ) -> io::Result<()> {
        self.blobs.write(name, write).await
    }

    /// Opens a machine that is kept.
    pub(crate) async fn open_machine(&self, name: &str) -> io::Result<File> {
        self.blobs.open(name).await
    }

    /// Forgets a machine. What has opened it can go on reading.
    pub(crate) async fn remove_machine(&self, name: &str) {
        if let Err(error) = self.blobs.remove(name).await {
            tracing::warn!(name, %error, "a machine that is parked no more cannot be removed");
        }
    }

    /// Forgets the machines that no sandbox has any more, such as those that a crash left. For when nothing runs yet.
    pub(crate) async fn remove_lost_machines(&self) -> Result<(), StoreError> {
        let rows = self.main.fetch("SELECT machine FROM runs WHERE machine IS NOT NULL", args![]).await?;
        let kept = rows.iter().map(|row| row.text(0)).collect::<Result<HashSet<_>, _>>()?;
        if let Err(error) = self.blobs.remove_unfinished() {
            tracing::warn!(%error, "what is half written of machines cannot be removed");
        }
        match self.blobs.names().await {
            Ok(names) => {
                for name in names.iter().filter(|name| !kept.contains(*name)) {
                    self.remove_machine(name).await;
                }
            }
            Err(error) => tracing::warn!(%error, "parked machines cannot be listed"),
        }
        Ok(())
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
