//! `cargo xtask run`: from a fresh checkout to a link that works.

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::Args;

use crate::process::command;
use crate::workspace::{Flavour, Workspace};
use crate::{LibraryOptions, build};

/// `cargo xtask run`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Port to listen on; 0 takes a free one.
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Folder for everything that is stored [default: `data` in the repository].
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Build for speed: the first build takes longer.
    #[arg(long)]
    release: bool,
    /// Open the page in the browser once the server is up.
    #[arg(long)]
    open: bool,
    #[command(flatten)]
    library: LibraryOptions,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<ExitCode> {
    let flavour = Flavour::from_release_flag(options.release);
    let built = build::everything(workspace, flavour, &options.library)?;
    let mut server = command(&built.server, ["--data"]);
    server.arg(options.data.clone().unwrap_or_else(|| workspace.root.join("data")));
    if let Some(port) = options.port {
        server.args(["--port", &port.to_string()]);
    }
    if options.open {
        server.arg("--open");
    }
    // The server takes our place, so whoever stops us stops it.
    Err(server.exec()).with_context(|| format!("starting {}", built.server.display()))
}
