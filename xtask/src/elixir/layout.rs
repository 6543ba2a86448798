//! How an Elixir and its Erlang lie in folders, and where their versions are written.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::{Installation, wrappers};
use crate::process::{all_on_path, command, on_path, read};

/// Reads the versions of what lies in these two roots.
pub(crate) fn installation(
    elixir_root: PathBuf,
    erlang_root: PathBuf,
    programs: PathBuf,
) -> anyhow::Result<Installation> {
    let app = elixir_root.join("lib/elixir/ebin/elixir.app");
    let app = fs::read_to_string(&app).with_context(|| format!("reading {}", app.display()))?;
    let elixir = vsn(&app).context("Elixir's application resource file names no version")?;
    Ok(Installation {
        elixir,
        otp: otp_version(&erlang_root)?,
        erts: erts_version(&erlang_root)?,
        elixir_root,
        erlang_root,
        programs,
    })
}

/// What a person means by a folder with an Elixir: its root, or the root of a file system or prefix that holds it. Where
/// its programs do not lie together, or cannot run as they are, others that start them are written into `programs`.
pub(crate) fn installation_in(dir: &Path, programs: &Path) -> anyhow::Result<Installation> {
    let elixir_root = ["", "lib/elixir", "usr/lib/elixir", "usr/local/lib/elixir"]
        .iter()
        .map(|below| dir.join(below))
        .find(|root| root.join("lib/elixir/ebin/elixir.app").exists())
        .context("there is no lib/elixir/ebin/elixir.app in it, nor in its lib/elixir or usr/lib/elixir")?;
    let beside = elixir_root.parent().map(|parent| parent.join("erlang"));
    let erlang_root = match beside.filter(|root| root.join("lib").is_dir()) {
        Some(root) => root,
        None => erlang_root_of(&on_path("erl").context("there is no Erlang beside it and no erl on PATH")?)?,
    };
    let mut found = installation(elixir_root.clone(), erlang_root, elixir_root.join("bin"))?;
    let own = [dir.join("bin"), dir.join("usr/bin"), elixir_root.join("bin")].map(|folder| folder.join("elixir"));
    let program = own.into_iter().chain(all_on_path("elixir")).find(|elixir| runs(elixir, &found));
    found.programs = match program {
        Some(elixir) => wrappers::beside(&elixir, programs)?,
        // It may be of another system, with a C library of its own. Where it is not, only the tests will miss it.
        None => wrappers::write(dir, programs).map_or(found.programs, |()| programs.join("bin")),
    };
    Ok(found)
}

fn erlang_root_of(erl: &Path) -> anyhow::Result<PathBuf> {
    let question = "io:put_chars(code:root_dir()), halt().";
    read(&mut command(erl, ["-noshell", "-eval", question])).map(|root| PathBuf::from(root.trim()))
}

/// Whether this program runs here, and is of exactly these versions: an Elixir of one system happily runs on the Erlang of
/// another.
fn runs(elixir: &Path, installation: &Installation) -> bool {
    let question = "IO.puts(System.version()); IO.puts(:erlang.system_info(:version))";
    let mut ask = command(elixir, ["-e", question]);
    // One that does not fit may crash, which is an answer too and no reason to leave a dump behind.
    let answer = read(ask.env("LC_ALL", "C.UTF-8").env("ERL_CRASH_DUMP", "/dev/null"));
    answer.is_ok_and(|says| says.lines().eq([&installation.elixir, &installation.erts]))
}

/// The version with its patch level from `releases/N/OTP_VERSION`, of the highest release there.
fn otp_version(erlang_root: &Path) -> anyhow::Result<String> {
    let releases = erlang_root.join("releases");
    let entries = fs::read_dir(&releases).with_context(|| format!("reading {}", releases.display()))?;
    let newest = entries
        .filter_map(|entry| {
            let release: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            let version = fs::read_to_string(releases.join(release.to_string()).join("OTP_VERSION")).ok()?;
            Some((release, version.trim().to_owned()))
        })
        .max();
    newest.map(|(_, version)| version).with_context(|| format!("no OTP_VERSION in {}", releases.display()))
}

fn erts_version(erlang_root: &Path) -> anyhow::Result<String> {
    let entries = fs::read_dir(erlang_root).with_context(|| format!("reading {}", erlang_root.display()))?;
    let newest = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.strip_prefix("erts-").map(str::to_owned));
    newest.max().with_context(|| format!("no erts in {}", erlang_root.display()))
}

/// The value of `{vsn,"…"}` in an application resource file.
pub(crate) fn vsn(app: &str) -> Option<String> {
    let after = app.split_once("{vsn,")?.1;
    let quoted = after.trim_start().strip_prefix('"')?;
    quoted.split_once('"').map(|(version, _)| version.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_version_is_read_from_an_application_resource_file() {
        assert_eq!(vsn("{application,elixir,[{vsn,\"1.18.3\"},{x,1}]}.").as_deref(), Some("1.18.3"));
        assert_eq!(vsn("{application, a, [{vsn, \"1\"}]}.").as_deref(), Some("1"));
        assert_eq!(vsn("{application,a,[]}."), None);
    }
}
