//! The packed library: how long it takes to pack and to unpack, and how big it is.

use std::fs;
use std::time::Instant;

use anyhow::Context as _;
use shared::bundle::Bundle;

use super::{Context, Figure};
use crate::bundle;

/// Unpacking is measured here in a development build of this program, except for the decompressor, which is optimised.
pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let begun = Instant::now();
    let made = bundle::make_for(context.workspace, &context.packed.installation)?;
    let pack = begun.elapsed();
    let file = fs::read(&context.packed.file)?;
    anyhow::ensure!(made == file, "packing the same library twice gives two different files");
    let begun = Instant::now();
    let bundle = Bundle::parse(&file)?;
    let library = bundle.library().context("unpacking the library")?;
    let unpack = begun.elapsed();
    anyhow::ensure!(!library.entries().is_empty(), "the library is empty");
    let unpacked = bundle.header().code.unpacked + bundle.header().docs.unpacked;
    Ok(vec![
        Figure::absolute("library/pack", "s", pack.as_secs_f64()),
        Figure::absolute("library/unpack", "ms", unpack.as_secs_f64() * 1e3),
        Figure::against("library/size-by-unpacked", "MB", file.len() as f64 / 1e6, unpacked as f64 / 1e6),
    ])
}
