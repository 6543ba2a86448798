//! Programs that run an unpacked Erlang in place: with the C library that was unpacked beside it, because the machine's
//! own may be older, and with the folders that its start script would otherwise expect at fixed places.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use super::{Installation, Version};
use crate::process::{command, on_path, read};
use crate::stamp;

/// What Erlang's own programs start by name from the folder `BINDIR`.
const RUNTIME: [&str; 6] = ["beam.smp", "epmd", "erl_child_setup", "erlexec", "heart", "inet_gethost"];

/// Writes `bin` and `erts` into `dir`, for the Erlang and Elixir that lie in `root`.
pub(crate) fn write(root: &Path, dir: &Path) -> anyhow::Result<()> {
    let erlang = root.join("usr/lib/erlang");
    let real = erts_bin(&erlang)?;
    let loader = Loader::find(root)?;
    let (bin, erts) = (dir.join("bin"), dir.join("erts"));
    for program in RUNTIME {
        script(&erts.join(program), &loader.line(&real.join(program)))?;
    }
    let erl = bin.join("erl");
    let folders = format!(
        "ROOTDIR={} BINDIR={} EMU=beam PROGNAME={}\nexport ROOTDIR BINDIR EMU PROGNAME\nexec {} \"$@\"",
        quoted(&erlang),
        quoted(&erts),
        quoted(&erl),
        quoted(&erts.join("erlexec")),
    );
    script(&erl, &folders)?;
    for (program, emulator) in [("erlc", "ERLC_EMULATOR"), ("escript", "ESCRIPT_EMULATOR")] {
        let with_emulator =
            format!("{emulator}={}; export {emulator}\n{}", quoted(&erl), loader.line(&real.join(program)));
        script(&bin.join(program), &with_emulator)?;
    }
    for program in ["elixir", "elixirc"] {
        let target = root.join("usr/lib/elixir/bin").join(program);
        let with_path = format!("PATH={}:\"$PATH\"; export PATH\nexec {} \"$@\"", quoted(&bin), quoted(&target));
        script(&bin.join(program), &with_path)?;
    }
    Ok(())
}

/// The programs that tests use.
const PROGRAMS: [&str; 5] = ["elixir", "elixirc", "erl", "erlc", "escript"];

/// A folder with all the programs that belong to this `elixir`: its own when they lie together, else `dir`, with programs
/// that start each of them from where it lies.
pub(crate) fn beside(elixir: &Path, dir: &Path) -> anyhow::Result<PathBuf> {
    let folder = elixir.parent().context("a program has a folder")?;
    if PROGRAMS.iter().all(|program| folder.join(program).exists()) {
        return Ok(folder.to_owned());
    }
    let bin = dir.join("bin");
    for program in PROGRAMS {
        let own = Some(folder.join(program)).filter(|file| file.exists());
        if let Some(target) = own.or_else(|| on_path(program)) {
            script(&bin.join(program), &format!("exec {} \"$@\"", quoted(&target)))?;
        }
    }
    Ok(bin)
}

/// Runs them once, so that a machine where they cannot run is found out now.
pub(crate) fn try_out(installation: &Installation) -> anyhow::Result<()> {
    let says =
        read(command(installation.program("elixir"), ["-e", "IO.puts(System.version())"]).env("LC_ALL", "C.UTF-8"))
            .context("the unpacked Elixir does not run on this machine")?;
    if Version::parse(says.trim()) == Version::parse(&installation.elixir) {
        Ok(())
    } else {
        bail!("the unpacked Elixir says that it is {}, not {}", says.trim(), installation.elixir)
    }
}

fn erts_bin(erlang: &Path) -> anyhow::Result<PathBuf> {
    let mut entries = fs::read_dir(erlang).with_context(|| format!("reading {}", erlang.display()))?;
    entries
        .find_map(|entry| {
            let path = entry.ok()?.path();
            path.file_name()?.to_str()?.starts_with("erts-").then(|| path.join("bin"))
        })
        .with_context(|| format!("no erts in {}", erlang.display()))
}

/// The unpacked dynamic loader, and the folder with the libraries that it is to use.
struct Loader {
    program: PathBuf,
    libraries: Vec<PathBuf>,
}

impl Loader {
    fn find(root: &Path) -> anyhow::Result<Self> {
        let mut libraries = Vec::new();
        let mut program = None;
        for below in ["lib", "usr/lib"] {
            let Ok(entries) = fs::read_dir(root.join(below)) else {
                continue;
            };
            for folder in entries.filter_map(|entry| Some(entry.ok()?.path())) {
                let Some(triplet) = folder.file_name().and_then(|name| name.to_str()) else {
                    continue;
                };
                if !triplet.ends_with("-linux-gnu") {
                    continue;
                }
                let found = fs::read_dir(&folder)?.filter_map(|entry| Some(entry.ok()?.path())).find(|file| {
                    file.file_name().and_then(|name| name.to_str()).is_some_and(|name| name.starts_with("ld-linux"))
                });
                program = program.or(found);
                libraries.push(folder);
            }
        }
        Ok(Self { program: program.context("the unpacked libc6 has no dynamic loader")?, libraries })
    }

    /// The line of a script that runs this program.
    fn line(&self, program: &Path) -> String {
        let libraries: Vec<String> = self.libraries.iter().map(|folder| folder.display().to_string()).collect();
        let libraries = quoted(Path::new(&libraries.join(":")));
        format!("exec {} --library-path {libraries} {} \"$@\"", quoted(&self.program), quoted(program))
    }
}

/// As one word of a shell script, whatever characters are in it.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', r"'\''"))
}

fn script(file: &Path, body: &str) -> anyhow::Result<()> {
    stamp::write(file, format!("#!/bin/sh\n{body}\n").as_bytes())?;
    fs::set_permissions(file, fs::Permissions::from_mode(0o755)).with_context(|| format!("writing {}", file.display()))
}
