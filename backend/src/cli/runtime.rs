//! The runtime of this binary: from the prepared one beside it or in the cache, or made now and kept for the next time.

use std::path::{Path, PathBuf};
use std::{env, fs};

use anyhow::Context as _;
use sandbox_runtime::boot::Runtime;

use crate::assets;

/// What the file beside the binary is called, and how files in the cache end.
const EXTENSION: &str = "runtime";

/// The runtime, with a packed library of its own if one is named. Without a prepared one it takes seconds, and the next time does not.
pub(super) fn runtime(library: Option<&Path>) -> anyhow::Result<Runtime> {
    let (guest, carried) = carried()?;
    let library = match library {
        Some(file) => &fs::read(file).with_context(|| format!("{} cannot be read", file.display()))?,
        None => carried,
    };
    let key = Runtime::key(guest, library);
    let places: Vec<PathBuf> = beside().into_iter().chain(cached(&key)).collect();
    for place in &places {
        let Ok(prepared) = fs::read(place) else { continue };
        if let Some(runtime) = Runtime::restore(guest, library, &prepared).context("starting the runtime")? {
            return Ok(runtime);
        }
    }
    let runtime = Runtime::new(guest, library).context("starting the runtime")?;
    if let Some(place) = cached(&key) {
        // It only saves time: where nothing can be written, all goes on.
        store(&runtime, &place).ok();
    }
    Ok(runtime)
}

/// Prepares the runtime into a file: by default the one beside the binary, where it is found.
pub(super) fn prepare(file: Option<PathBuf>) -> anyhow::Result<()> {
    let (guest, library) = carried()?;
    let file = file.or_else(beside).context("there is no folder for the prepared runtime")?;
    let present = fs::read(&file).ok();
    if let Some(prepared) = present
        && Runtime::restore(guest, library, &prepared)?.is_some()
    {
        return Ok(());
    }
    store(&Runtime::new(guest, library)?, &file).with_context(|| format!("writing {}", file.display()))
}

fn carried() -> anyhow::Result<(&'static [u8], &'static [u8])> {
    let missing = "this orrery was built without what runs programs: build it with `cargo xtask build`";
    Ok((assets::guest().context(missing)?, assets::library().context(missing)?))
}

fn beside() -> Option<PathBuf> {
    Some(env::current_exe().ok()?.with_extension(EXTENSION))
}

/// A file below `$ORRERY_CACHE`, `$XDG_CACHE_HOME` or `$HOME/.cache`.
fn cached(key: &str) -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = folder("ORRERY_CACHE")
        .or_else(|| folder("XDG_CACHE_HOME").map(|cache| cache.join("orrery")))
        .or_else(|| folder("HOME").map(|home| home.join(".cache/orrery")))?;
    Some(cache.join(EXTENSION).join(key).with_extension(EXTENSION))
}

/// Writes all of it or nothing: others may be looking for it.
fn store(runtime: &Runtime, place: &Path) -> anyhow::Result<()> {
    let prepared = runtime.prepared()?;
    let folder = place.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)?;
    let part = place.with_extension(std::process::id().to_string());
    fs::write(&part, prepared)?;
    fs::rename(&part, place)?;
    Ok(())
}
