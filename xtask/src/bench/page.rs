//! How much a visitor downloads, and how long people wait on the page: measured in a real browser by
//! `tests/browser/bench.mjs`.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context as _, ensure};
use serde::Deserialize;

use super::{Context, Figure};
use crate::process::command;
use crate::workspace::Flavour;
use crate::{setup, stamp};

/// Sizes as they travel: compressed. The editor is apart because it is loaded only where somebody edits.
pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let page = context.workspace.assets(Flavour::Release).join("page");
    let (mut first, mut editor, mut wasm) = (0, 0, 0);
    for file in stamp::files_below(&page, &[])? {
        if file.extension().is_some_and(|extension| extension == "br") {
            continue;
        }
        let bytes = travelling_bytes(&file)?;
        if file.strip_prefix(&page)?.starts_with("editor") {
            editor += bytes;
        } else {
            first += bytes;
        }
        if file.extension().is_some_and(|extension| extension == "wasm") {
            wasm += bytes;
        }
    }
    let kilobytes = |bytes: u64| bytes as f64 / 1e3;
    let mut figures = vec![
        Figure::absolute("page/first-load", "kB", kilobytes(first)),
        Figure::absolute("page/wasm", "kB", kilobytes(wasm)),
        Figure::absolute("page/editor", "kB", kilobytes(editor)),
    ];
    figures.extend(in_browser(context)?);
    Ok(figures)
}

/// A line that the script prints.
#[derive(Deserialize)]
struct Line {
    name: String,
    unit: String,
    ours: f64,
}

/// What a browser shows. It takes some minutes.
fn in_browser(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let chromium = setup::chromium()?;
    setup::for_tests(context.workspace)?;
    let output = command("node", ["bench.mjs"])
        .current_dir(context.workspace.root.join("tests/browser"))
        .env("ORRERY_SERVER", context.workspace.server(Flavour::Release))
        .env("ORRERY_CHROMIUM", chromium)
        .stderr(Stdio::inherit())
        .output()
        .context("starting node")?;
    ensure!(output.status.success(), "bench.mjs failed");
    let text = String::from_utf8(output.stdout).context("bench.mjs printed something odd")?;
    let lines = text.lines().map(serde_json::from_str::<Line>).collect::<Result<Vec<_>, _>>()?;
    Ok(lines.into_iter().map(|line| Figure::absolute(line.name, line.unit, line.ours)).collect())
}

/// The size of the compressed copy where there is one.
fn travelling_bytes(file: &Path) -> anyhow::Result<u64> {
    let mut compressed = file.to_owned().into_os_string();
    compressed.push(".br");
    Ok(fs::metadata(compressed).or_else(|_| fs::metadata(file))?.len())
}
