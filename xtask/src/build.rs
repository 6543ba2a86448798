//! Building guest, page and server, and putting them together.

mod guest;
mod page;
mod server;

use std::path::PathBuf;

use clap::Args;

use crate::bundle::{self, Packed};
use crate::setup::{self, Tools};
use crate::workspace::{Flavour, Workspace};
use crate::{LibraryOptions, stamp};

/// `cargo xtask build`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Build what is to be used rather than developed: `target/release/orrery`.
    #[arg(long)]
    release: bool,
    #[command(flatten)]
    library: LibraryOptions,
}

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let built = everything(workspace, Flavour::from_release_flag(options.release), &options.library)?;
    println!("{}", built.server.display());
    Ok(())
}

/// What a build leaves behind.
#[derive(Debug)]
pub(crate) struct Built {
    /// The server, with everything else inside.
    pub(crate) server: PathBuf,
}

/// Sets up what is missing and builds the server with everything inside.
pub(crate) fn everything(workspace: &Workspace, flavour: Flavour, library: &LibraryOptions) -> anyhow::Result<Built> {
    let tools = setup::for_build(workspace)?;
    let packed = bundle::ensure(workspace, library.elixir.as_deref())?;
    assets(workspace, flavour, &tools, &packed)?;
    server::build(workspace, flavour)?;
    Ok(Built { server: workspace.server(flavour) })
}

/// Builds what the server of this flavour carries inside, and puts it where the server's build script looks for it.
pub(crate) fn assets(workspace: &Workspace, flavour: Flavour, tools: &Tools, packed: &Packed) -> anyhow::Result<()> {
    guest::build(workspace, flavour)?;
    page::build(workspace, flavour, tools)?;
    let library = std::fs::read(&packed.file)?;
    stamp::write_if_changed(&workspace.assets(flavour).join("library.bundle"), &library)
}
