//! The Elixir/OTP library: the compiled modules that Orrery packs, and a real Erlang that can run them, to compare with.
//!
//! Order of preference: the folder that was asked for; the newest Elixir on `PATH` when it is new enough; Debian's
//! packages of the release that has the newest one, unpacked into the cache; whatever is on `PATH`; Debian's packages
//! of the machine's own release.

mod apt;
mod debian;
mod layout;
mod version;
mod wrappers;

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};

use crate::process::{all_on_path, command, read};
use crate::workspace::Workspace;
use crate::{stamp, step};

pub(crate) use self::version::Version;

/// The newest Elixir that Orrery is made for; an older one is used where this one cannot be had.
const WANTED: Version = Version([1, 18, 0]);

/// A compiled library on this machine, and how to run it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Installation {
    /// Elixir's root: `lib/elixir/ebin` lies in it.
    pub(crate) elixir_root: PathBuf,
    /// Erlang's root: `lib/stdlib-*/ebin` lies in it.
    pub(crate) erlang_root: PathBuf,
    /// Folder with `erl`, `erlc`, `elixir`, `elixirc` and `escript` that run on this machine.
    pub(crate) programs: PathBuf,
    /// Elixir's version.
    pub(crate) elixir: String,
    /// Erlang/OTP's version with its patch level.
    pub(crate) otp: String,
    /// The run-time system's version.
    pub(crate) erts: String,
}

impl Installation {
    /// One of its programs.
    pub(crate) fn program(&self, name: &str) -> PathBuf {
        self.programs.join(name)
    }

    /// Whether everything is still where it was.
    fn is_there(&self) -> bool {
        self.elixir_root.join("lib/elixir/ebin/elixir.app").exists()
            && self.erlang_root.join("lib").is_dir()
            && self.program("elixir").exists()
    }
}

/// What was chosen the last time, and for which wish.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Choice {
    asked_for: Option<PathBuf>,
    on_path: Vec<PathBuf>,
    chosen: Installation,
    /// Seconds since 1970.
    chosen_at: u64,
}

/// How long an Elixir older than the wanted one is good enough, before it is tried again to get a newer one: the mirror may
/// only have been out of reach.
const SECOND_BEST_SECS: u64 = 24 * 60 * 60;

impl Choice {
    /// Whether looking again would come to the same choice.
    fn still_holds(&self, asked_for: Option<&Path>, on_path: &[PathBuf], now_secs: u64) -> bool {
        let best = asked_for.is_some() || Version::parse(&self.chosen.elixir).is_some_and(|version| version >= WANTED);
        let recent = now_secs.saturating_sub(self.chosen_at) < SECOND_BEST_SECS;
        self.asked_for.as_deref() == asked_for && self.on_path == on_path && self.chosen.is_there() && (best || recent)
    }
}

/// Finds the library, or gets it. The choice is remembered until the wish or `PATH` changes.
pub(crate) fn ensure(workspace: &Workspace, asked_for: Option<&Path>) -> anyhow::Result<Installation> {
    let asked_for = asked_for.map(std::path::absolute).transpose()?;
    let on_path = all_on_path("elixir");
    let memory = workspace.state().join("elixir.json");
    let remembered: Option<Choice> = std::fs::read(&memory).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let now_secs = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
    if let Some(choice) = remembered
        && choice.still_holds(asked_for.as_deref(), &on_path, now_secs)
    {
        return Ok(choice.chosen);
    }
    let step = step::begin("Choosing the Elixir/OTP library", "it is what runs in the sandboxes, unchanged");
    let programs = workspace.state().join("programs");
    let chosen = match &asked_for {
        Some(dir) => layout::installation_in(dir, &programs)
            .with_context(|| format!("no Elixir with its Erlang was found in {}", dir.display()))?,
        None => choose(workspace, &on_path, &step)?,
    };
    step.progress(&format!(
        "Elixir {} on Erlang/OTP {} in {}",
        chosen.elixir,
        chosen.otp,
        chosen.elixir_root.display()
    ));
    step.done();
    let choice = Choice { asked_for, on_path, chosen, chosen_at: now_secs };
    stamp::write(&memory, &serde_json::to_vec_pretty(&choice)?)?;
    Ok(choice.chosen)
}

fn choose(workspace: &Workspace, on_path: &[PathBuf], step: &step::Step) -> anyhow::Result<Installation> {
    let newest = on_path
        .iter()
        .filter_map(|program| match installation_of(program, &workspace.state().join("programs")) {
            Ok(installation) => Some((Version::parse(&installation.elixir), installation)),
            Err(error) => {
                step.progress(&format!("passing over {}: {error:#}", program.display()));
                None
            }
        })
        .max_by_key(|(version, _)| *version);
    if let Some((Some(version), installation)) = &newest
        && *version >= WANTED
    {
        return Ok(installation.clone());
    }
    let missing = match debian::newest(workspace, step) {
        Ok(installation) => return Ok(installation),
        Err(error) => error,
    };
    step.progress(&format!("a newer one cannot be had from Debian: {missing:#}"));
    if let Some((_, installation)) = newest {
        return Ok(installation);
    }
    match debian::own_release(workspace, step) {
        Ok(installation) => Ok(installation),
        Err(error) => bail!(
            "there is no Elixir: {error:#}. Install one (on Debian: `apt-get install elixir`), or set ORRERY_ELIXIR to \
             its folder, then run the same command again"
        ),
    }
}

/// Asks an `elixir` on `PATH` where its library lies, because it may be a shim of a version manager.
fn installation_of(program: &Path, programs: &Path) -> anyhow::Result<Installation> {
    let question = "IO.puts(:code.lib_dir(:elixir)); IO.puts(:code.root_dir())";
    let answer = read(command(program, ["-e", question]).env("LC_ALL", "C.UTF-8"))?;
    let mut lines = answer.lines();
    let elixir_lib = PathBuf::from(lines.next().context("it does not say where its library is")?);
    let erlang_root = PathBuf::from(lines.next().context("it does not say where Erlang is")?);
    // It may be written with `..` in it.
    let elixir_lib = elixir_lib.canonicalize().context("its library is not where it says")?;
    let elixir_root = elixir_lib.ancestors().nth(2).context("its library has no parent folder")?;
    layout::installation(elixir_root.to_owned(), erlang_root, wrappers::beside(program, programs)?)
}
