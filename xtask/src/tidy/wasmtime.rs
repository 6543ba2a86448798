//! Only the host part of `sandbox-runtime`, and the driver that joins it with the kernel, know the wasm engine.

use super::source::Sources;

/// Where it may be named in code: the host, the driver, and their tests and benches.
const ALLOWED: [&str; 4] = [
    "sandbox-runtime/src/host/",
    "sandbox-runtime/src/host.rs",
    "sandbox-runtime/src/driver.rs",
    "sandbox-runtime/tests/",
];

/// The manifests that have to name it.
const MANIFESTS: [&str; 2] = ["Cargo.toml", "sandbox-runtime/Cargo.toml"];

pub(crate) fn check(sources: &Sources) -> anyhow::Result<Vec<String>> {
    let engine = concat!("wasm", "time");
    let outside = |path: &str| !ALLOWED.iter().any(|allowed| path.starts_with(allowed)) && !MANIFESTS.contains(&path);
    // Comments may speak of it; the rules of this folder have to.
    let code = sources.which(|source| {
        source.is(&["rs", "toml"]) && outside(&source.path) && !source.path.starts_with("xtask/src/tidy")
    });
    let names = |line: &str| line.contains(engine) && !line.trim_start().starts_with(['/', '#']);
    Ok(code.flat_map(|source| source.lines_where(names)).collect())
}

#[cfg(test)]
mod tests {
    use super::super::source::sources;
    use super::*;

    #[test]
    fn the_engine_is_found_outside_its_place_and_not_in_comments() {
        let code = "use wasmtime::Engine;";
        let broken = sources(&[("sandbox-runtime/src/kernel.rs", code), ("beam/Cargo.toml", "wasmtime = \"48\"")]);
        assert_eq!(check(&broken).unwrap().len(), 2);
        let fine = [("sandbox-runtime/src/host/engine.rs", code), ("shared/src/lib.rs", "/// Not wasmtime.")];
        assert!(check(&sources(&fine)).unwrap().is_empty());
    }
}
