//! Elixir and Erlang from Debian's packages, unpacked into the cache without root.

use std::path::Path;

use anyhow::{Context as _, bail};

use super::apt::{self, Apt, Mirror};
use super::{Installation, Version, WANTED, layout, wrappers};
use crate::stamp;
use crate::step::Step;
use crate::workspace::Workspace;

/// The release of Debian with the newest Elixir that Orrery is made for: 1.18 on OTP 27.
const NEWEST_SUITE: &str = "trixie";

/// What is unpacked: the library, the header files, and what the run-time system is linked with, since the machine's
/// own C library may be older. A release has either name where a package was renamed.
const PACKAGES: &[&str] = &[
    "elixir",
    "erlang-asn1",
    "erlang-base",
    "erlang-crypto",
    "erlang-dev",
    "erlang-eunit",
    "erlang-inets",
    "erlang-mnesia",
    "erlang-parsetools",
    "erlang-public-key",
    "erlang-runtime-tools",
    "erlang-ssl",
    "erlang-syntax-tools",
    "erlang-tools",
    "erlang-xmerl",
    "libc6",
    "libgcc-s1",
    "libssl3",
    "libssl3t64",
    "libstdc++6",
    "libtinfo6",
    "libzstd1",
    "zlib1g",
];

/// The newest Elixir that the machine's mirrors offer; an error when it is older than the one that is wanted.
pub(crate) fn newest(workspace: &Workspace, step: &Step) -> anyhow::Result<Installation> {
    from_any(workspace, step, |_| NEWEST_SUITE.to_owned(), Some(WANTED))
}

/// The Elixir of the release that the machine runs.
pub(crate) fn own_release(workspace: &Workspace, step: &Step) -> anyhow::Result<Installation> {
    from_any(workspace, step, |mirror| mirror.suite.clone(), None)
}

fn from_any(
    workspace: &Workspace,
    step: &Step,
    suite: impl Fn(&Mirror) -> String,
    at_least: Option<Version>,
) -> anyhow::Result<Installation> {
    if let Some(present) = already_unpacked(workspace, at_least) {
        return Ok(present);
    }
    let mut last = anyhow::anyhow!("this machine's apt has no mirror of Debian configured");
    for mirror in apt::mirrors(Path::new("/etc/apt"))? {
        let suite = suite(&mirror);
        step.progress(&format!("looking for Elixir in Debian's release {suite} on the configured mirror"));
        match from_mirror(workspace, step, &mirror, &suite, at_least) {
            Ok(installation) => return Ok(installation),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn from_mirror(
    workspace: &Workspace,
    step: &Step,
    mirror: &Mirror,
    suite: &str,
    at_least: Option<Version>,
) -> anyhow::Result<Installation> {
    let apt = Apt::open(&workspace.cache.join("apt").join(suite), mirror, suite)?;
    let offered = apt.candidate("elixir").with_context(|| format!("{suite} has no package elixir"))?;
    let version = Version::parse(&offered).with_context(|| format!("{suite} has Elixir {offered}"))?;
    if at_least.is_some_and(|wanted| version < wanted) {
        bail!("{suite} has only Elixir {offered}");
    }
    let [major, minor, patch] = version.0;
    let dir = workspace.cache.join(format!("elixir-{major}.{minor}.{patch}"));
    step.progress(&format!("unpacking Elixir {offered} and its Erlang into {}", dir.display()));
    let archives = workspace.cache.join("apt").join(suite).join("archives");
    stamp::remove_dir(&archives)?;
    stamp::replace_dir(&dir, |part| apt.unpack(PACKAGES, &archives, &part.join("root")))?;
    stamp::remove_dir(&archives)?;
    complete(&dir)
}

/// Writes the programs, tries them, and marks the folder as whole.
fn complete(dir: &Path) -> anyhow::Result<Installation> {
    let root = dir.join("root");
    wrappers::write(&root, dir)?;
    let installation = layout::installation(root.join("usr/lib/elixir"), root.join("usr/lib/erlang"), dir.join("bin"))?;
    wrappers::try_out(&installation)?;
    stamp::set(&dir.join("complete"), &installation.elixir)?;
    Ok(installation)
}

fn already_unpacked(workspace: &Workspace, at_least: Option<Version>) -> Option<Installation> {
    let entries = std::fs::read_dir(&workspace.cache).ok()?;
    let whole = entries.filter_map(|entry| {
        let dir = entry.ok()?.path();
        let version = Version::parse(dir.file_name()?.to_str()?.strip_prefix("elixir-")?)?;
        (dir.join("complete").exists() && at_least.is_none_or(|wanted| version >= wanted)).then_some((version, dir))
    });
    let (_, dir) = whole.max()?;
    let root = dir.join("root");
    layout::installation(root.join("usr/lib/elixir"), root.join("usr/lib/erlang"), dir.join("bin")).ok()
}
