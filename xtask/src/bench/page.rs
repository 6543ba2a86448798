//! How much a visitor downloads.

use std::fs;
use std::path::Path;

use super::{Context, Figure};
use crate::stamp;
use crate::workspace::Flavour;

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
    Ok(vec![
        Figure::absolute("page/first-load", "kB", kilobytes(first)),
        Figure::absolute("page/wasm", "kB", kilobytes(wasm)),
        Figure::absolute("page/editor", "kB", kilobytes(editor)),
    ])
}

/// The size of the compressed copy where there is one.
fn travelling_bytes(file: &Path) -> anyhow::Result<u64> {
    let mut compressed = file.to_owned().into_os_string();
    compressed.push(".br");
    Ok(fs::metadata(compressed).or_else(|_| fs::metadata(file))?.len())
}
