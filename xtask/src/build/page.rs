//! The page: Trunk compiles and bundles it, then every file is compressed once, here, rather than on every request.

use std::env;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use crate::process::{command, run};
use crate::setup::Tools;
use crate::workspace::{Flavour, Workspace};
use crate::{stamp, step};

/// What the page is made from.
const INPUTS: [&str; 5] = ["Cargo.lock", "Cargo.toml", "Trunk.toml", "frontend", "shared"];

/// Folders in it that are made, not written.
const MADE: [&str; 2] = ["node_modules", "assets"];

/// Below this a compressed copy saves nothing.
const COMPRESS_FROM_BYTES: usize = 256;

/// Builds the page and puts it beside the other assets, unless nothing that it is made from has changed.
pub(crate) fn build(workspace: &Workspace, flavour: Flavour, tools: &Tools) -> anyhow::Result<()> {
    let inputs = stamp::digest(&inputs(workspace)?)?;
    let page = workspace.assets(flavour).join("page");
    let mark = workspace.state().join(format!("page-{}.stamp", flavour.name()));
    if page.join("index.html").exists() && stamp::is(&mark, &inputs) {
        return Ok(());
    }
    let step = step::begin("Building the page", "the server carries it inside");
    let dist = workspace.state().join(format!("trunk-{}", flavour.name()));
    trunk(workspace, flavour, tools, &dist)?;
    step.progress("compressing it");
    stamp::replace_dir(&page, |part| compress(&dist, part, flavour))?;
    stamp::set(&mark, &inputs)?;
    step.done();
    Ok(())
}

fn inputs(workspace: &Workspace) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for name in INPUTS {
        let path = workspace.root.join(name);
        if path.is_dir() { files.extend(stamp::files_below(&path, &MADE)?) } else { files.push(path) }
    }
    Ok(files)
}

fn trunk(workspace: &Workspace, flavour: Flavour, tools: &Tools, dist: &Path) -> anyhow::Result<()> {
    let mut command = command(&tools.trunk, ["build", "--locked", "--dist"]);
    command.arg(dist).current_dir(&workspace.root);
    if flavour == Flavour::Release {
        command.args(["--release", "--cargo-profile", "page"]);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    let folders = [tools.wasm_bindgen_dir.clone()].into_iter().chain(env::split_paths(&path));
    command.env("PATH", env::join_paths(folders)?).env("TRUNK_SKIP_VERSION_CHECK", "true").env_remove("NO_COLOR");
    run(&mut command).context("building the page")
}

fn compress(dist: &Path, page: &Path, flavour: Flavour) -> anyhow::Result<()> {
    let quality = match flavour {
        Flavour::Dev => 3,
        Flavour::Release => 11,
    };
    for file in stamp::files_below(dist, &[])? {
        let name = file.strip_prefix(dist)?;
        let bytes = fs::read(&file)?;
        let target = page.join(name);
        fs::create_dir_all(target.parent().context("a file has a folder")?)?;
        fs::write(&target, &bytes)?;
        if bytes.len() < COMPRESS_FROM_BYTES {
            continue;
        }
        let compressed = brotli(&bytes, quality)?;
        if compressed.len() < bytes.len() {
            let mut name = target.into_os_string();
            name.push(".br");
            fs::write(name, compressed)?;
        }
    }
    Ok(())
}

fn brotli(bytes: &[u8], quality: u32) -> anyhow::Result<Vec<u8>> {
    let mut compressed = Vec::new();
    let mut writer = brotli::CompressorWriter::new(&mut compressed, 1 << 16, quality, 22);
    writer.write_all(bytes)?;
    drop(writer);
    Ok(compressed)
}
