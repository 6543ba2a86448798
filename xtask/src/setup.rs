//! What has to be on the machine. Each step says what it does and why, is skipped at once when there is nothing to do,
//! can be interrupted and started again, asks nothing, and says what to do next where it cannot go on.

mod chromium;
pub(crate) mod debian;
mod npm;
mod postgres;
mod tool;
mod wasm_target;

use std::path::PathBuf;

use crate::stamp;
use crate::workspace::Workspace;

/// The programs that building needs.
#[derive(Debug)]
pub(crate) struct Tools {
    /// Builds the page.
    pub(crate) trunk: PathBuf,
    /// The folder that holds `wasm-bindgen` and its test runner.
    pub(crate) wasm_bindgen_dir: PathBuf,
}

/// What building guest, page and server needs.
pub(crate) fn for_build(workspace: &Workspace) -> anyhow::Result<Tools> {
    let _lock = stamp::lock(&workspace.cache)?;
    wasm_target::ensure()?;
    npm::ensure_programs()?;
    npm::ensure_packages(workspace, "frontend/editor", "the editor of the page is CodeMirror, which comes from npm")?;
    let trunk = tool::ensure(workspace, &tool::TRUNK, tool::TRUNK_VERSION)?;
    let version = tool::locked_version(workspace, "wasm-bindgen")?;
    let wasm_bindgen = tool::ensure(workspace, &tool::WASM_BINDGEN, &version)?;
    tool::forget_intermediate_results(workspace)?;
    let wasm_bindgen_dir = wasm_bindgen.parent().map(PathBuf::from).unwrap_or_default();
    Ok(Tools { trunk, wasm_bindgen_dir })
}

/// What the tests need besides.
pub(crate) fn for_tests(workspace: &Workspace) -> anyhow::Result<()> {
    let _lock = stamp::lock(&workspace.cache)?;
    npm::ensure_packages(workspace, "tests/browser", "the browser tests drive a real browser with Playwright")?;
    chromium::ensure().map(drop)
}

/// What the tests of shared documents need besides.
pub(crate) fn for_collab(workspace: &Workspace) -> anyhow::Result<()> {
    let _lock = stamp::lock(&workspace.cache)?;
    npm::ensure_packages(workspace, "tests/collab", "shared documents are tested with standard Yjs clients")
}

/// The browser that the tests drive.
pub(crate) fn chromium() -> anyhow::Result<PathBuf> {
    chromium::ensure()
}

/// The folder of the database server that the store is tested with.
pub(crate) fn postgres(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let _lock = stamp::lock(&workspace.cache)?;
    postgres::ensure()
}
