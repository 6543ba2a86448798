//! Writes the tables of what the server carries inside: the templates of sandboxes; and page, guest and library, from the
//! folder that the environment variable `ORRERY_ASSETS` names. What is not there is left out, and the server says so when it starts; so the crate
//! builds, and its tests run, without any of it.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

fn main() -> anyhow::Result<()> {
    println!("cargo:rerun-if-env-changed=ORRERY_ASSETS");
    println!("cargo:rerun-if-changed=build.rs");
    println!("cargo:rerun-if-changed=migrations");
    let assets = env::var_os("ORRERY_ASSETS").map(PathBuf::from);
    let file = |name: &str| assets.as_ref().map(|assets| assets.join(name));
    let mut table = String::new();
    single(&mut table, "GUEST", file("guest.wasm"))?;
    single(&mut table, "LIBRARY", file("library.bundle"))?;
    page(&mut table, file("page"))?;
    let out = PathBuf::from(env::var_os("OUT_DIR").context("cargo sets OUT_DIR")?);
    fs::write(out.join("assets.rs"), table).context("writing the table of assets")?;
    fs::write(out.join("templates.rs"), templates()?).context("writing the table of templates")
}

fn single(table: &mut String, name: &str, file: Option<PathBuf>) -> anyhow::Result<()> {
    let Some(file) = file else {
        return Ok(writeln!(table, "pub(crate) static {name}: Option<Blob> = None;")?);
    };
    // A file that is missing now may be there the next time.
    println!("cargo:rerun-if-changed={}", file.display());
    let Ok(bytes) = fs::read(&file) else {
        return Ok(writeln!(table, "pub(crate) static {name}: Option<Blob> = None;")?);
    };
    let sha256 = hex(&Sha256::digest(&bytes));
    writeln!(
        table,
        "pub(crate) static {name}: Option<Blob> = Some(Blob {{ bytes: include_bytes!({file:?}), sha256: {sha256:?} }});"
    )?;
    Ok(())
}

fn page(table: &mut String, dir: Option<PathBuf>) -> anyhow::Result<()> {
    let mut files = Vec::new();
    if let Some(dir) = &dir {
        println!("cargo:rerun-if-changed={}", dir.display());
        collect(dir, &mut files);
    }
    let dir = dir.unwrap_or_default();
    let mut scripts = Vec::new();
    writeln!(table, "pub(crate) static PAGE: &[File] = &[")?;
    for file in files.iter().filter(|file| file.extension().is_none_or(|extension| extension != "br")) {
        let name = file.strip_prefix(&dir)?.to_str().context("names of the page's files are UTF-8")?;
        let bytes = fs::read(file)?;
        if name.ends_with(".html") {
            scripts.extend(inline_scripts(&String::from_utf8_lossy(&bytes)));
        }
        let mut compressed = file.clone().into_os_string();
        compressed.push(".br");
        let compressed = Path::new(&compressed);
        let brotli =
            if compressed.exists() { format!("Some(include_bytes!({compressed:?}))") } else { "None".to_owned() };
        let sha256 = hex(&Sha256::digest(&bytes));
        writeln!(
            table,
            "    File {{ path: {name:?}, bytes: include_bytes!({file:?}), brotli: {brotli}, sha256: {sha256:?} }},"
        )?;
    }
    writeln!(table, "];")?;
    writeln!(table, "/// For the content security policy: the scripts that stand in the page itself.")?;
    writeln!(table, "pub(crate) static INLINE_SCRIPTS: &[&str] = &{scripts:?};")?;
    Ok(())
}

/// The folders of `templates` with their files.
fn templates() -> anyhow::Result<String> {
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").context("cargo sets CARGO_MANIFEST_DIR")?);
    let root = root.join("templates");
    println!("cargo:rerun-if-changed={}", root.display());
    let mut files = Vec::new();
    collect(&root, &mut files);
    let mut folders: BTreeMap<String, Vec<(String, PathBuf)>> = BTreeMap::new();
    for file in files {
        let path = file.strip_prefix(&root)?.to_str().context("names of templates are UTF-8")?;
        let (folder, path) = path.split_once('/').context("templates are folders")?;
        folders.entry(folder.to_owned()).or_default().push((path.to_owned(), file.clone()));
    }
    let mut table = "static TEMPLATES: &[(&str, &[(&str, &str)])] = &[\n".to_owned();
    for (folder, files) in folders {
        writeln!(table, "    ({folder:?}, &[")?;
        for (path, file) in files {
            writeln!(table, "        ({path:?}, include_str!({file:?})),")?;
        }
        writeln!(table, "    ]),")?;
    }
    table.push_str("];\n");
    Ok(table)
}

fn collect(dir: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(dir) else {
        return;
    };
    for path in entries.filter_map(|entry| Some(entry.ok()?.path())) {
        if path.is_dir() { collect(&path, files) } else { files.push(path) }
    }
    files.sort();
}

/// The hashes, in the form of a content security policy, of scripts without `src`.
fn inline_scripts(html: &str) -> Vec<String> {
    let mut hashes = Vec::new();
    for part in html.split("<script").skip(1) {
        let Some((attributes, rest)) = part.split_once('>') else {
            continue;
        };
        let Some((script, _)) = rest.split_once("</script>") else {
            continue;
        };
        if !attributes.contains("src=") {
            hashes.push(format!("sha256-{}", STANDARD.encode(Sha256::digest(script))));
        }
    }
    hashes
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
