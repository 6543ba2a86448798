//! Not doing things twice, and not leaving half of a thing behind.
//!
//! A folder or file that takes long to make is made under another name and renamed when it is whole, so whoever
//! interrupts us finds either nothing or all of it. A stamp is a small file that says from which inputs something was
//! made; it is written last.

use std::fs::{self, File, TryLockError};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use sha2::{Digest as _, Sha256};

/// Whether the stamp says exactly this.
pub(crate) fn is(stamp: &Path, says: &str) -> bool {
    fs::read_to_string(stamp).is_ok_and(|text| text == says)
}

/// Writes the stamp, all of it or nothing.
pub(crate) fn set(stamp: &Path, says: &str) -> anyhow::Result<()> {
    write(stamp, says.as_bytes())
}

/// Writes a file, all of it or nothing, and makes its folder when it is missing.
pub(crate) fn write(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let folder = file.parent().context("a file has a folder")?;
    fs::create_dir_all(folder).with_context(|| format!("making {}", folder.display()))?;
    let part = beside(file, "part");
    fs::write(&part, bytes).with_context(|| format!("writing {}", part.display()))?;
    fs::rename(&part, file).with_context(|| format!("writing {}", file.display()))
}

/// Writes a file only when its content changes, so that what is built from it is not built again.
pub(crate) fn write_if_changed(file: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    if fs::read(file).is_ok_and(|present| present == bytes) { Ok(()) } else { write(file, bytes) }
}

/// Makes a folder: `fill` fills an empty one under another name, which then replaces what was there.
pub(crate) fn replace_dir(dir: &Path, fill: impl FnOnce(&Path) -> anyhow::Result<()>) -> anyhow::Result<()> {
    let part = beside(dir, "part");
    remove_dir(&part)?;
    fs::create_dir_all(&part).with_context(|| format!("making {}", part.display()))?;
    fill(&part)?;
    remove_dir(dir)?;
    fs::rename(&part, dir).with_context(|| format!("making {}", dir.display()))
}

/// Waits until no other checkout sets up the same folder. The lock ends with the value, or with the process.
pub(crate) fn lock(dir: &Path) -> anyhow::Result<File> {
    fs::create_dir_all(dir).with_context(|| format!("making {}", dir.display()))?;
    let file = File::create(dir.join("lock")).with_context(|| format!("locking {}", dir.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            eprintln!("• Waiting: another set-up is using {}", dir.display());
            file.lock().with_context(|| format!("locking {}", dir.display()))?;
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("locking {}", dir.display()));
        }
    }
    Ok(file)
}

/// Removes a folder with all that is in it; nothing happens when it is not there.
pub(crate) fn remove_dir(dir: &Path) -> anyhow::Result<()> {
    match fs::remove_dir_all(dir) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(error).with_context(|| format!("removing {}", dir.display()))
        }
        _ => Ok(()),
    }
}

/// All files below a folder, sorted, so that the same content gives the same order everywhere. `skip` names folders
/// that are not entered.
pub(crate) fn files_below(dir: &Path, skip: &[&str]) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut folders = vec![dir.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).with_context(|| format!("reading {}", folder.display()))? {
            let entry = entry?;
            let path = entry.path();
            // Follows symbolic links: Debian's packages have them inside the library.
            if !path.is_dir() {
                files.push(path);
            } else if !skip.iter().any(|name| entry.file_name() == *name) {
                folders.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// A digest of files with their names, to see whether any has changed.
pub(crate) fn digest(files: &[PathBuf]) -> anyhow::Result<String> {
    let mut hasher = Sha256::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("reading {}", file.display()))?;
        hasher.update(file.to_string_lossy().as_bytes());
        hasher.update((bytes.len() as u64).to_le_bytes());
        hasher.update(&bytes);
    }
    Ok(hex(&hasher.finalize()))
}

/// Lower-case hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".");
    name.push(suffix);
    path.with_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interrupted_folder_leaves_what_was_there_and_the_next_try_works() {
        let scratch = tempfile::tempdir().unwrap();
        let dir = scratch.path().join("thing");
        replace_dir(&dir, |part| Ok(fs::write(part.join("old"), "1")?)).unwrap();
        let interrupted = replace_dir(&dir, |part| {
            fs::write(part.join("half"), "2")?;
            anyhow::bail!("interrupted")
        });
        assert!(interrupted.is_err());
        assert!(dir.join("old").exists() && !dir.join("half").exists());
        replace_dir(&dir, |part| Ok(fs::write(part.join("new"), "3")?)).unwrap();
        assert!(dir.join("new").exists() && !dir.join("old").exists() && !dir.join("half").exists());
    }

    #[test]
    fn the_digest_changes_with_a_name_and_with_a_content() {
        let scratch = tempfile::tempdir().unwrap();
        let (a, b) = (scratch.path().join("a"), scratch.path().join("b"));
        write(&a, b"same").unwrap();
        write(&b, b"same").unwrap();
        let digests = [digest(std::slice::from_ref(&a)).unwrap(), digest(&[b]).unwrap()];
        assert_ne!(digests[0], digests[1]);
        write(&a, b"other").unwrap();
        assert_ne!(digests[0], digest(&[a]).unwrap());
    }
}
