//! Nothing in the repository belongs to one machine: no folders of somebody's, and no host names of package
//! registries, which come from each machine's own configuration.

use super::source::Sources;

/// Taken apart, so that this file does not break its own rule.
const HOSTS: [[&str; 2]; 6] = [
    ["crates", ".io"],
    ["registry.", "npmjs"],
    ["deb.", "debian.org"],
    ["ftp.", "debian.org"],
    ["archive.", "ubuntu.com"],
    ["static.", "rust-lang.org"],
];

/// Beginnings of folders that differ from machine to machine.
const FOLDERS: [[&str; 2]; 4] = [["/ro", "ot/"], ["/ho", "me/"], ["/Us", "ers/"], ["/wo", "rk/"]];

pub(crate) fn check(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let (hosts, folders) = (HOSTS.map(|parts| parts.concat()), FOLDERS.map(|parts| parts.concat()));
    let breaks = |line: &str| {
        let has_host = hosts.iter().any(|host| line.contains(host.as_str()));
        let has_folder = folders.iter().any(|folder| {
            line.match_indices(folder.as_str())
                .any(|(at, _)| !line[..at].ends_with(|c: char| c.is_alphanumeric() || "._-$}".contains(c)))
        });
        has_host || has_folder
    };
    Ok(sources.0.iter().flat_map(|source| source.lines_where(breaks)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::source::sources;
    use super::*;

    #[test]
    fn folders_of_a_machine_and_registries_are_found() {
        for parts in HOSTS.iter().chain(&FOLDERS) {
            let line = format!("see \"{}\"", parts.concat());
            assert_eq!(check(&sources(&[("a.md", line.as_str())])).unwrap().len(), 1, "{line}");
        }
        let fine = format!("$HOME{}x and a{}b", "/.cache/", FOLDERS[3].concat());
        assert!(check(&sources(&[("a.md", fine.as_str())])).unwrap().is_empty());
    }
}
