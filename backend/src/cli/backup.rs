//! `orrery backup` and `orrery restore`: a copy of everything that a server stores, and back.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;

use crate::config::{Config, RawConfig};
use crate::store;

/// Where a server stores things.
#[derive(Debug, Args)]
struct Place {
    /// Configuration file of the server
    #[arg(long, env = "ORRERY_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Data folder of the server [default: orrery in the user's data folder]
    #[arg(long, env = "ORRERY_DATA", value_name = "DIR")]
    data: Option<PathBuf>,
    /// Bucket for large things, if the server keeps them there
    #[arg(long, env = "ORRERY_BLOBS", value_name = "URL")]
    blobs: Option<String>,
    #[arg(long, env = "ORRERY_DATABASE", value_name = "URL", hide = true)]
    database: Option<String>,
}

/// `orrery backup`
#[derive(Debug, Args)]
pub struct Backup {
    /// Where to put the copy; there must be no such file yet
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

/// `orrery restore`
#[derive(Debug, Args)]
pub struct Restore {
    /// A copy that `orrery backup` has made
    file: PathBuf,
    #[command(flatten)]
    place: Place,
}

impl Place {
    fn config(self) -> anyhow::Result<Config> {
        let Self { config, data, blobs, database } = self;
        Ok(Config::resolve(RawConfig { config, data, blobs, database, ..RawConfig::default() })?)
    }
}

impl Backup {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.place.config()?;
        eprintln!("Copying {} into {}", config.data.display(), self.file.display());
        let contents = runtime()?.block_on(store::back_up(&config.data, config.elsewhere(), &self.file))?;
        let (bytes, machines) = (contents.bytes(), contents.machines());
        println!("{}: {bytes} bytes, with {machines} parked machines", self.file.display());
        Ok(ExitCode::SUCCESS)
    }
}

impl Restore {
    pub(super) fn run(self) -> anyhow::Result<ExitCode> {
        let config = self.place.config()?;
        eprintln!("Bringing {} back into {}", self.file.display(), config.data.display());
        let contents = runtime()?.block_on(store::restore(&self.file, &config.data, config.elsewhere()))?;
        let (at, machines) = (contents.created_at / 1000, contents.machines());
        let at = time::OffsetDateTime::from_unix_timestamp(at)?;
        println!("{} is as it was at {at}, with {machines} parked machines", config.data.display());
        Ok(ExitCode::SUCCESS)
    }
}

fn runtime() -> std::io::Result<tokio::runtime::Runtime> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()
}
