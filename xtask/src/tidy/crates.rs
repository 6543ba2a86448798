//! Dependencies between our crates point one way: `shared` lies below all, `beam` stands alone, `sandbox-runtime` knows
//! `shared`, the server knows both, and the page knows `shared` only.

use anyhow::Context as _;

use super::source::Sources;

/// A crate and those of ours that it may depend on to do its work. Tests may depend on more.
const ALLOWED: &[(&str, &[&str])] = &[
    ("shared", &[]),
    ("beam", &[]),
    ("beam/fuzz", &["beam"]),
    ("sandbox-runtime", &["shared"]),
    ("backend", &["sandbox-runtime", "shared"]),
    ("frontend", &["shared"]),
    ("xtask", &["shared"]),
    ("tests", &["backend", "beam", "sandbox-runtime", "shared"]),
];

pub(crate) fn check(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let mut broken = Vec::new();
    for manifest in sources.which(|source| source.path.ends_with("/Cargo.toml")) {
        let name = manifest.path.trim_end_matches("/Cargo.toml");
        let Some((_, allowed)) = ALLOWED.iter().find(|(it, _)| *it == name) else {
            broken.push(format!("{}: the rule of dependencies does not know this crate", manifest.path));
            continue;
        };
        let table: toml::Table = manifest.text.parse().with_context(|| format!("reading {}", manifest.path))?;
        for dependency in dependencies(&table) {
            let ours = ALLOWED.iter().any(|(it, _)| *it == dependency);
            if ours && !allowed.contains(&dependency.as_str()) {
                broken.push(format!("{}: {name} may not depend on {dependency}", manifest.path));
            }
        }
    }
    Ok(broken)
}

/// The names of all dependencies that a crate has when it is not being tested, on any target.
fn dependencies(manifest: &toml::Table) -> Vec<String> {
    let targets = manifest.get("target").and_then(toml::Value::as_table);
    let tables = targets.into_iter().flat_map(|targets| targets.values().filter_map(toml::Value::as_table));
    let mut names = Vec::new();
    for table in tables.chain([manifest]) {
        for kind in ["dependencies", "build-dependencies"] {
            names.extend(table.get(kind).and_then(toml::Value::as_table).into_iter().flat_map(|it| it.keys().cloned()));
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::super::source::sources;
    use super::*;

    #[test]
    fn a_dependency_that_points_up_is_found() {
        let up = sources(&[("shared/Cargo.toml", "[dependencies]\nbeam.workspace = true\nserde = \"1\"")]);
        assert_eq!(check(&up).unwrap(), ["shared/Cargo.toml: shared may not depend on beam"]);
        let hidden = sources(&[("beam/Cargo.toml", "[target.'cfg(unix)'.build-dependencies]\nshared = {}")]);
        assert_eq!(check(&hidden).unwrap().len(), 1);
        let fine = sources(&[("backend/Cargo.toml", "[dependencies]\nshared = {}\n[dev-dependencies]\nbeam = {}")]);
        assert!(check(&fine).unwrap().is_empty());
    }
}
