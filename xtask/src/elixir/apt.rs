//! A private place for apt: its own lists and cache, and the machine's mirrors, keys and network settings. Nothing on
//! the machine is changed, so no rights are needed and nobody is asked.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, bail};

use crate::process::{command, read};
use crate::stamp;

/// One mirror of Debian, as the machine's own configuration names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Mirror {
    /// Where it is.
    uri: String,
    /// The release that the machine takes from it: `bookworm`.
    pub(crate) suite: String,
    /// The keys that its lists are signed with, when the configuration names any.
    signed_by: Option<String>,
}

/// Debian's own keys, which also sign the releases after the machine's.
const DEBIAN_KEYS: &str = "usr/share/keyrings/debian-archive-keyring.gpg";

/// The mirrors that `etc` (normally `/etc/apt`) names, both in the deb822 and in the one-line format. Those for updates
/// and security are left out: they do not hold whole releases.
pub(crate) fn mirrors(etc: &Path) -> anyhow::Result<Vec<Mirror>> {
    let parts = etc.join("sources.list.d");
    let mut files = vec![etc.join("sources.list")];
    if parts.is_dir() {
        files.extend(stamp::files_below(&parts, &[])?);
    }
    let mut mirrors = Vec::new();
    for file in files {
        let Ok(text) = fs::read_to_string(&file) else {
            continue;
        };
        match file.extension().and_then(|extension| extension.to_str()) {
            Some("sources") => mirrors.extend(deb822(&text)),
            Some("list") => mirrors.extend(one_line(&text)),
            _ => {}
        }
    }
    let mut unique: Vec<Mirror> = Vec::new();
    for mirror in mirrors {
        let whole_release = !mirror.suite.contains(['-', '/']) && !mirror.uri.contains("security");
        if whole_release && !unique.contains(&mirror) {
            unique.push(mirror);
        }
    }
    Ok(unique)
}

fn deb822(text: &str) -> Vec<Mirror> {
    let mut mirrors = Vec::new();
    for stanza in text.split("\n\n") {
        let field = |name: &str| {
            stanza.lines().find_map(|line| {
                let (key, value) = line.split_once(':')?;
                key.trim().eq_ignore_ascii_case(name).then(|| value.trim().to_owned())
            })
        };
        let has =
            |name: &str, word: &str| field(name).is_some_and(|value| value.split_whitespace().any(|it| it == word));
        if !has("Types", "deb") || !has("Components", "main") || field("Enabled").as_deref() == Some("no") {
            continue;
        }
        // A key may also stand in the file itself, over several lines; then the machine's own keys are tried instead.
        let signed_by = field("Signed-By").filter(|value| value.starts_with('/'));
        for uri in field("URIs").unwrap_or_default().split_whitespace() {
            for suite in field("Suites").unwrap_or_default().split_whitespace() {
                mirrors.push(Mirror { uri: uri.into(), suite: suite.into(), signed_by: signed_by.clone() });
            }
        }
    }
    mirrors
}

fn one_line(text: &str) -> Vec<Mirror> {
    let mirror = |line: &str| {
        let rest = line.trim().strip_prefix("deb")?.trim_start_matches(|c: char| c.is_ascii_whitespace());
        if rest.len() + 3 == line.trim().len() {
            return None;
        }
        let (options, rest) = match rest.strip_prefix('[') {
            Some(options) => options.split_once(']')?,
            None => ("", rest),
        };
        let mut words = rest.split_whitespace();
        let (uri, suite) = (words.next()?, words.next()?);
        let signed_by = options.split_whitespace().find_map(|option| option.strip_prefix("signed-by="));
        words.any(|component| component == "main").then(|| Mirror {
            uri: uri.into(),
            suite: suite.into(),
            signed_by: signed_by.map(str::to_owned),
        })
    };
    text.lines().filter_map(mirror).collect()
}

/// A private apt that knows one release on one mirror.
#[derive(Debug)]
pub(crate) struct Apt {
    config: PathBuf,
}

impl Apt {
    /// Makes it in `dir` and fetches the lists of the release.
    pub(crate) fn open(dir: &Path, mirror: &Mirror, suite: &str) -> anyhow::Result<Self> {
        for folder in ["etc/sources.list.d", "etc/preferences.d", "state/lists/partial", "cache/archives/partial"] {
            fs::create_dir_all(dir.join(folder)).with_context(|| format!("making {}", dir.display()))?;
        }
        let debian = Path::new("/").join(DEBIAN_KEYS);
        let keys = if debian.exists() { debian.to_str() } else { mirror.signed_by.as_deref() };
        let keys = keys.map(|keys| format!("Signed-By: {keys}\n")).unwrap_or_default();
        let source = format!("Types: deb\nURIs: {}\nSuites: {suite}\nComponents: main\n{keys}", mirror.uri);
        fs::write(dir.join("etc/sources.list.d/debian.sources"), source)?;
        fs::write(dir.join("state/status"), "")?;
        let place = dir.to_str().context("the cache folder's name must be UTF-8")?;
        // Only what is ours moves; proxies, credentials and transports stay those of the machine.
        let config = format!(
            "Dir::Etc \"{place}/etc\";\n\
             Dir::Etc::sourcelist \"/dev/null\";\n\
             Dir::Etc::sourceparts \"{place}/etc/sources.list.d\";\n\
             Dir::Etc::parts \"/etc/apt/apt.conf.d\";\n\
             Dir::Etc::netrc \"/etc/apt/auth.conf\";\n\
             Dir::Etc::netrcparts \"/etc/apt/auth.conf.d\";\n\
             Dir::Etc::trusted \"/etc/apt/trusted.gpg\";\n\
             Dir::Etc::trustedparts \"/etc/apt/trusted.gpg.d\";\n\
             Dir::State \"{place}/state\";\n\
             Dir::State::status \"{place}/state/status\";\n\
             Dir::Cache \"{place}/cache\";\n\
             Dir::Log \"{place}/log\";\n\
             APT::Sandbox::User \"root\";\n\
             APT::Get::List-Cleanup \"true\";\n\
             Acquire::Languages \"none\";\n\
             Acquire::Retries \"3\";\n\
             Acquire::IndexTargets::deb::DEP-11::DefaultEnabled \"false\";\n\
             Acquire::IndexTargets::deb::Contents-deb::DefaultEnabled \"false\";\n"
        );
        let file = dir.join("apt.conf");
        fs::write(&file, config)?;
        let apt = Self { config: file };
        let said = apt.read("apt-get", &["update", "--error-on=any", "--quiet", "--quiet"])?;
        drop(said);
        Ok(apt)
    }

    /// The version of a package that would be installed; `None` where there is no such package.
    pub(crate) fn candidate(&self, package: &str) -> Option<String> {
        let found = self.candidates(&[package]).ok()?;
        found.into_iter().next().map(|(_, version)| version)
    }

    /// Those of the packages that the release has, with the versions that would be installed.
    fn candidates(&self, packages: &[&str]) -> anyhow::Result<Vec<(String, String)>> {
        let arguments: Vec<&str> = ["policy"].iter().chain(packages).copied().collect();
        Ok(policy(&self.read("apt-cache", &arguments)?))
    }

    /// Downloads those of the packages that the release has, and unpacks them into `root`. No script of them runs.
    pub(crate) fn unpack(&self, packages: &[&str], archives: &Path, root: &Path) -> anyhow::Result<()> {
        fs::create_dir_all(archives)?;
        let known: Vec<String> = self.candidates(packages)?.into_iter().map(|(name, _)| name).collect();
        let mut download = self.command("apt-get", &["download", "--quiet", "--quiet"]);
        crate::process::run_quiet(download.args(&known).current_dir(archives))?;
        let files = stamp::files_below(archives, &["partial"])?;
        if files.len() < known.len() {
            bail!("apt-get downloaded {} of {} packages", files.len(), known.len());
        }
        for file in files {
            crate::process::run_quiet(command("dpkg-deb", ["--extract"]).arg(&file).arg(root))?;
        }
        Ok(())
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = command(program, arguments);
        command.env("APT_CONFIG", &self.config).env("LC_ALL", "C");
        command
    }

    fn read(&self, program: &str, arguments: &[&str]) -> anyhow::Result<String> {
        read(&mut self.command(program, arguments))
    }
}

/// Reads what `apt-cache policy` says: a line with the name of each package that it knows, then lines about it.
fn policy(says: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut package = None;
    for line in says.lines() {
        if !line.starts_with(' ') {
            package = line.strip_suffix(':');
        } else if let (Some(name), Some(version)) = (package, line.trim().strip_prefix("Candidate:"))
            && version.trim() != "(none)"
        {
            found.push((name.to_owned(), version.trim().to_owned()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(name: &str, text: &str) -> Vec<(String, String, Option<String>)> {
        let scratch = tempfile::tempdir().unwrap();
        let file = scratch.path().join(name);
        stamp::write(&file, text.as_bytes()).unwrap();
        let found = mirrors(scratch.path()).unwrap();
        found.into_iter().map(|mirror| (mirror.uri, mirror.suite, mirror.signed_by)).collect()
    }

    fn debian(suite: &str, keys: Option<&str>) -> (String, String, Option<String>) {
        ("http://mirror.invalid/debian".into(), suite.into(), keys.map(str::to_owned))
    }

    #[test]
    fn deb822_sources_give_whole_releases_only() {
        let text = "# comment\nTypes: deb deb-src\nURIs: http://mirror.invalid/debian\nSuites: bookworm bookworm-updates\n\
                    Components: main contrib\nSigned-By: /keys.gpg\n\nTypes: deb\nURIs: http://mirror.invalid/debian-security\n\
                    Suites: bookworm-security\nComponents: main\n\nTypes: deb\nURIs: http://other.invalid\nSuites: x\n\
                    Components: main\nEnabled: no\n";
        assert_eq!(check("sources.list.d/debian.sources", text), [debian("bookworm", Some("/keys.gpg"))]);
    }

    #[test]
    fn one_line_sources_are_read_with_and_without_options() {
        let text = "# deb http://off.invalid/debian sid main\ndeb-src http://mirror.invalid/debian trixie main\n\
                    deb http://mirror.invalid/debian trixie main\n\
                    deb [arch=amd64 signed-by=/keys.gpg] http://mirror.invalid/debian bookworm contrib main\n\
                    deb http://tools.invalid/apt tools stable\n";
        assert_eq!(check("sources.list", text), [debian("trixie", None), debian("bookworm", Some("/keys.gpg"))]);
    }

    #[test]
    fn only_packages_that_can_be_installed_are_candidates() {
        let says = "elixir:\n  Installed: (none)\n  Candidate: 1.18.3.dfsg-1\n  Version table:\n     1.18.3.dfsg-1 500\n\
                    gone:\n  Installed: (none)\n  Candidate: (none)\n";
        assert_eq!(policy(says), [("elixir".to_owned(), "1.18.3.dfsg-1".to_owned())]);
    }

    #[test]
    fn a_machine_without_apt_has_no_mirrors() {
        assert_eq!(check("unrelated", "deb http://mirror.invalid/debian trixie main"), []);
    }
}
