//! Packing the Elixir/OTP library into one file.
//!
//! The file lies in the cache, named by what it was made from, so that it is made once for all checkouts. Beside it
//! lies its header as JSON, for people and scripts.

mod chunks;
mod own;

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context as _, bail};
use sha2::{Digest as _, Sha256};
use shared::api::LibraryVersions;
use shared::bundle::{Bundle, Item, Kind, pack};

use chunks::Language;

use crate::elixir::{self, Installation};
use crate::workspace::Workspace;
use crate::{stamp, step};

/// Applications of Elixir. Mix is not among them: all that it does is files and OS processes, which sandboxes lack.
const ELIXIR_APPS: [&str; 5] = ["eex", "elixir", "ex_unit", "iex", "logger"];

/// Applications of Erlang/OTP; `erts` holds the modules that the run-time system has preloaded.
const ERLANG_APPS: [&str; 11] = [
    "compiler",
    "crypto",
    "erts",
    "eunit",
    "kernel",
    "parsetools",
    "runtime_tools",
    "sasl",
    "stdlib",
    "syntax_tools",
    "tools",
];

/// Without these nothing runs, so a library that lacks one is refused; the others are packed where they are installed.
const NEEDED: [&str; 5] = ["compiler", "elixir", "erts", "kernel", "stdlib"];

/// zstd's level: made once, read often.
const LEVEL: i32 = 19;

/// Changes when the same library would be packed differently.
const RECIPE: &str = "3";

/// A packed library.
#[derive(Debug, Clone)]
pub(crate) struct Packed {
    /// The bundle.
    pub(crate) file: PathBuf,
    /// Where its modules come from.
    pub(crate) installation: Installation,
}

/// Finds the library and packs it, unless that is done.
pub(crate) fn ensure(workspace: &Workspace, asked_for: Option<&Path>) -> anyhow::Result<Packed> {
    let _lock = stamp::lock(&workspace.cache)?;
    let installation = elixir::ensure(workspace, asked_for)?;
    let apps = applications(&installation)?;
    let file = workspace.cache.join("bundles").join(format!(
        "elixir-{}-otp-{}-{}.library",
        installation.elixir,
        installation.otp,
        fingerprint(&apps, &own::sources(workspace)?)?
    ));
    if !file.exists() {
        let step = step::begin("Packing the Elixir/OTP library", "sandboxes load it from one compressed file");
        let bytes = make(workspace, &installation, &apps)?;
        let header = Bundle::parse(&bytes).context("reading what was just packed")?.header().clone();
        stamp::write(&file.with_extension("json"), &serde_json::to_vec_pretty(&header)?)?;
        stamp::write(&file, &bytes)?;
        step.progress(&format!(
            "{} modules, {:.1} MB of code and {:.1} MB of documentation in {:.1} MB",
            header.versions.modules,
            megabytes(header.code.unpacked),
            megabytes(header.docs.unpacked),
            megabytes(bytes.len() as u64)
        ));
        step.done();
    }
    Ok(Packed { file, installation })
}

/// Packs the library and gives the bundle, without looking at the cache.
pub(crate) fn make_for(workspace: &Workspace, installation: &Installation) -> anyhow::Result<Vec<u8>> {
    make(workspace, installation, &applications(installation)?)
}

fn make(workspace: &Workspace, installation: &Installation, apps: &[Application]) -> anyhow::Result<Vec<u8>> {
    let mut items = own::items(workspace, installation)?;
    let replaced: HashSet<String> = items.iter().map(|item| item.name.clone()).collect();
    for app in apps {
        for file in &app.files {
            items.extend(items_of(app, file)?.into_iter().filter(|item| !replaced.contains(&item.name)));
        }
    }
    let versions = LibraryVersions {
        elixir: installation.elixir.clone(),
        otp: installation.otp.clone(),
        erts: installation.erts.clone(),
        modules: 0,
    };
    pack(versions, items, |bytes| zstd::bulk::compress(bytes, LEVEL)).context("compressing the library")
}

/// An application and those of its files that are packed.
struct Application {
    name: &'static str,
    files: Vec<PathBuf>,
}

fn applications(installation: &Installation) -> anyhow::Result<Vec<Application>> {
    let elixir = ELIXIR_APPS.map(|name| (name, Some(installation.elixir_root.join("lib").join(name))));
    let erlang = ERLANG_APPS.map(|name| (name, erlang_app(&installation.erlang_root, name)));
    let mut apps = Vec::new();
    for (name, dir) in elixir.into_iter().chain(erlang) {
        let mut files = Vec::new();
        for (folder, extensions) in [("ebin", &["beam", "app"][..]), ("include", &["hrl"][..])] {
            let folder = dir.as_ref().map(|dir| dir.join(folder)).filter(|folder| folder.is_dir());
            let Some(folder) = folder else { continue };
            let wanted = |file: &PathBuf| extensions.iter().any(|it| file.extension().is_some_and(|is| is == *it));
            files.extend(stamp::files_below(&folder, &[])?.into_iter().filter(wanted));
        }
        let has_code = files.iter().any(|file| file.extension().is_some_and(|is| is == "beam"));
        if !has_code && NEEDED.contains(&name) {
            bail!("the library in {} lacks the application {name}", installation.erlang_root.display());
        }
        apps.push(Application { name, files });
    }
    Ok(apps)
}

/// The folder of an application, in its highest version. The preloaded modules lie with the run-time system in some
/// installations.
fn erlang_app(root: &Path, name: &str) -> Option<PathBuf> {
    let versions = |folder: PathBuf| {
        let entries = fs::read_dir(folder).ok()?;
        entries
            .filter_map(|entry| {
                let path = entry.ok()?.path();
                let version = path.file_name()?.to_str()?.strip_prefix(name)?.strip_prefix('-')?.to_owned();
                let numbers: Vec<u32> = version.split('.').map(|number| number.parse().unwrap_or(0)).collect();
                path.join("ebin").is_dir().then_some((numbers, path))
            })
            .max()
            .map(|(_, path)| path)
    };
    versions(root.join("lib")).or_else(|| versions(root.to_owned()))
}

fn items_of(app: &Application, file: &Path) -> anyhow::Result<Vec<Item>> {
    let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
    let stem = file.file_stem().and_then(|stem| stem.to_str()).context("file names of the library are UTF-8")?;
    let item = |kind, name: String, bytes| Item { kind, app: app.name.to_owned(), name, bytes };
    Ok(match file.extension().and_then(|extension| extension.to_str()) {
        Some("beam") => {
            let language = if ELIXIR_APPS.contains(&app.name) { Language::Elixir } else { Language::Erlang };
            let split = chunks::split(&bytes, language).with_context(|| format!("reading {}", file.display()))?;
            let docs = (!split.docs.is_empty()).then(|| item(Kind::Docs, stem.to_owned(), split.docs));
            [Some(item(Kind::Module, stem.to_owned(), split.code)), docs].into_iter().flatten().collect()
        }
        Some("hrl") => vec![item(Kind::Header, format!("{}/include/{stem}.hrl", app.name), bytes)],
        _ => vec![item(Kind::App, stem.to_owned(), bytes)],
    })
}

/// A short name for exactly these files; reading only their sizes and times, so that it takes no time.
fn fingerprint(apps: &[Application], own: &[PathBuf]) -> anyhow::Result<String> {
    let mut hasher = Sha256::new();
    hasher.update(RECIPE);
    // Few and often changed: by content, so that checkouts share what they make.
    for file in own {
        hasher.update(fs::read(file).with_context(|| format!("reading {}", file.display()))?);
    }
    for file in apps.iter().flat_map(|app| &app.files) {
        let metadata = file.metadata().with_context(|| format!("reading {}", file.display()))?;
        let modified = metadata.modified()?.duration_since(UNIX_EPOCH).unwrap_or_default();
        hasher.update(file.to_string_lossy().as_bytes());
        hasher.update(metadata.len().to_le_bytes());
        hasher.update(modified.as_nanos().to_le_bytes());
    }
    Ok(stamp::hex(&hasher.finalize()[..6]))
}

fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
