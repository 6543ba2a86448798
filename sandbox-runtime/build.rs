//! Names the code of the machine: what one version of it keeps in files must not be read by another.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=build.rs");
    let mut files = Vec::new();
    for folder in ["src", "../shared/src"] {
        println!("cargo:rerun-if-changed={folder}");
        collect(&Path::new(&env::var("CARGO_MANIFEST_DIR").unwrap_or_default()).join(folder), &mut files)?;
    }
    files.sort();
    let mut hasher = blake3::Hasher::new();
    for file in files {
        hasher.update(blake3::hash(&fs::read(file)?).as_bytes());
    }
    println!("cargo:rustc-env=ORRERY_MACHINE={}", hasher.finalize().to_hex());
    Ok(())
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, files)?;
        } else {
            files.push(path);
        }
    }
    Ok(())
}
