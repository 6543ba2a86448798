//! Where things are: the repository, what is built in it, and what is kept for all checkouts of a user.

use std::env;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

/// The folders that the automation works in.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    /// The root of the repository.
    pub(crate) root: PathBuf,
    /// Tools and libraries that outlive `cargo clean` and serve every checkout.
    pub(crate) cache: PathBuf,
    /// Cargo's target folder.
    pub(crate) target: PathBuf,
}

/// How things are built: as fast as possible to build, or as fast as possible to run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Flavour {
    /// Cargo's `dev` profile.
    Dev,
    /// Cargo's `release` profile, and the page at its smallest.
    Release,
}

impl Flavour {
    /// From the flag `--release`.
    pub(crate) fn from_release_flag(release: bool) -> Self {
        if release { Self::Release } else { Self::Dev }
    }

    /// Name of its folder of assets.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "release",
        }
    }
}

impl Workspace {
    /// Finds the repository from the place of this crate, and the cache from the environment.
    pub(crate) fn locate() -> anyhow::Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().context("this crate lies in the repository")?;
        let root = root.to_owned();
        let target = env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |target| root.join(target));
        Ok(Self { target, cache: cache_dir()?, root })
    }

    /// What the server of this flavour will carry inside. Always below the repository's own `target`, whatever
    /// `CARGO_TARGET_DIR` says, because `.cargo/config.toml` names it too.
    pub(crate) fn assets(&self, flavour: Flavour) -> PathBuf {
        self.state().join(flavour.name())
    }

    /// Stamps, bundles and intermediate results of this checkout.
    pub(crate) fn state(&self) -> PathBuf {
        self.root.join("target/orrery")
    }

    /// Programs that were installed for us.
    pub(crate) fn tools(&self) -> PathBuf {
        self.cache.join("tools")
    }

    /// The server binary of this flavour.
    pub(crate) fn server(&self, flavour: Flavour) -> PathBuf {
        let profile = match flavour {
            Flavour::Dev => "debug",
            Flavour::Release => "release",
        };
        self.target.join(profile).join("orrery")
    }
}

/// `$ORRERY_CACHE`, else `$XDG_CACHE_HOME/orrery`, else `$HOME/.cache/orrery`.
fn cache_dir() -> anyhow::Result<PathBuf> {
    let folder = |name: &str| env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    if let Some(cache) = folder("ORRERY_CACHE") {
        return std::path::absolute(&cache).with_context(|| format!("ORRERY_CACHE is {}", cache.display()));
    }
    if let Some(cache) = folder("XDG_CACHE_HOME").filter(|cache| cache.is_absolute()) {
        return Ok(cache.join("orrery"));
    }
    match folder("HOME") {
        Some(home) => Ok(home.join(".cache/orrery")),
        None => {
            bail!("neither ORRERY_CACHE nor XDG_CACHE_HOME nor HOME is set: set ORRERY_CACHE to a folder for tools")
        }
    }
}
