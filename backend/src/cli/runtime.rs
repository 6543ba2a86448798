//! The runtime of this binary: from the prepared one beside it or in the cache, or made now and kept for the next time.

use std::env;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sandbox_runtime::boot::Runtime;
use sandbox_runtime::workbench::Workbench;

use super::progress::Progress;
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
    let _progress = Progress::of("preparing Elixir, which is done once");
    let runtime = Runtime::new(guest, library).context("starting the runtime")?;
    if let Some(place) = cached(&key) {
        // It only saves time: where nothing can be written, all goes on.
        store(&runtime, &place).ok();
    }
    Ok(runtime)
}

/// A booted sandbox on this runtime, from a file beside the binary or in the cache, or booted now and kept for the next time.
pub(super) fn workbench(library: Option<&Path>) -> anyhow::Result<Workbench> {
    let runtime = runtime(library)?;
    let key = Workbench::key(runtime.id());
    let places: Vec<PathBuf> = booted_beside(&key).into_iter().chain(booted_in_cache(&key)).collect();
    for place in &places {
        let Ok(file) = File::open(place) else { continue };
        // One that was damaged is made again.
        if let Ok(workbench) = Workbench::open(&runtime, &file) {
            return Ok(workbench);
        }
    }
    let _progress = Progress::of("booting a sandbox, which is done once");
    let workbench = Workbench::new(&runtime).context("booting a sandbox")?;
    if let Some(place) = booted_in_cache(&key) {
        store_booted(&workbench, &place).ok();
    }
    Ok(workbench)
}

/// Prepares the runtime into a file: by default the one beside the binary, where it is found.
pub(super) fn prepare(file: Option<PathBuf>) -> anyhow::Result<()> {
    let (guest, library) = carried()?;
    let file = file.or_else(beside).context("there is no folder for the prepared runtime")?;
    let present = fs::read(&file).ok();
    if let Some(prepared) = present
        && let Some(runtime) = Runtime::restore(guest, library, &prepared)?
    {
        return prepare_booted(&runtime);
    }
    let runtime = Runtime::new(guest, library)?;
    store(&runtime, &file).with_context(|| format!("writing {}", file.display()))?;
    prepare_booted(&runtime)
}

/// Boots a sandbox into the file beside the binary, in place of those of earlier versions.
fn prepare_booted(runtime: &Runtime) -> anyhow::Result<()> {
    let file = booted_beside(&Workbench::key(runtime.id())).context("there is no folder for the booted sandbox")?;
    if file.exists() {
        return Ok(());
    }
    let folder = file.parent().context("a file has a folder")?;
    let program = env::current_exe()?.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    for entry in fs::read_dir(folder)?.filter_map(Result::ok) {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(&format!("{program}.")) && name.ends_with(&format!(".{BOOTED}")) {
            fs::remove_file(entry.path()).ok();
        }
    }
    store_booted(&Workbench::new(runtime)?, &file).with_context(|| format!("writing {}", file.display()))
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

/// What files of booted sandboxes end in.
const BOOTED: &str = "booted";

/// Digits of a key in the name of a file.
const DIGITS: usize = 16;

fn booted_beside(key: &str) -> Option<PathBuf> {
    Some(env::current_exe().ok()?.with_extension(format!("{}.{BOOTED}", key.get(..DIGITS)?)))
}

fn booted_in_cache(key: &str) -> Option<PathBuf> {
    Some(cached(key)?.with_extension(BOOTED))
}

fn store_booted(workbench: &Workbench, place: &Path) -> anyhow::Result<()> {
    let mut file = Vec::new();
    workbench.write(&mut file)?;
    write_whole(place, &file)
}

fn store(runtime: &Runtime, place: &Path) -> anyhow::Result<()> {
    write_whole(place, &runtime.prepared()?)
}

/// Writes all of it or nothing: others may be looking for it.
fn write_whole(place: &Path, content: &[u8]) -> anyhow::Result<()> {
    let folder = place.parent().context("a file has a folder")?;
    fs::create_dir_all(folder)?;
    let part = place.with_extension(std::process::id().to_string());
    fs::write(&part, content)?;
    fs::rename(&part, place)?;
    Ok(())
}
