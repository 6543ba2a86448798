//! Programs as people write them do the same in a sandbox as under real Elixir.
#![allow(clippy::unwrap_used, reason = "in a test, a panic is how it fails")]

use std::path::Path;
use std::sync::LazyLock;

use tests::programs::{self, Sandboxes};

/// Made once: it takes seconds.
static SANDBOXES: LazyLock<Sandboxes> = LazyLock::new(|| Sandboxes::new().unwrap());

/// Programs that differ, and why. One that does not differ any more fails too, so that this says what is true.
const DIFFERENT: &[(&str, &str)] = &[];

/// Runs the programs of a folder, or those among them whose names contain what the variable `ORRERY_PROGRAM` says.
fn check(folder: &str) {
    let wanted = std::env::var("ORRERY_PROGRAM").unwrap_or_default();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("programs").join(folder);
    let mut failed = Vec::new();
    let programs = programs::below(&path).unwrap();
    assert!(!programs.is_empty());
    for program in programs.iter().filter(|program| program.to_string().contains(&wanted)) {
        let difference =
            programs::differences(program, &SANDBOXES).unwrap_or_else(|error| Some(format!("{error:#}\n")));
        let known = DIFFERENT.iter().find(|(name, _)| *name == program.to_string());
        match (difference, known) {
            (Some(_), Some(_)) | (None, None) => {}
            (Some(difference), None) => failed.push(format!("{program} differs: {difference}")),
            (None, Some((_, reason))) => failed.push(format!("{program} is the same, although {reason}\n")),
        }
    }
    assert!(failed.is_empty(), "{} of {} programs:\n{}", failed.len(), programs.len(), failed.join("\n"));
}

macro_rules! folders {
    ($($name:ident)*) => {
        $(#[test]
        fn $name() {
            check(stringify!($name));
        })*

        #[test]
        fn every_folder_is_run() {
            let known = [$(stringify!($name)),*];
            for entry in std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("programs")).unwrap() {
                let name = entry.unwrap().file_name();
                assert!(known.contains(&name.to_str().unwrap()), "{} is not run", name.display());
            }
        }
    };
}

folders! { apps data erlang errors exercises exunit io language metaprogramming otp processes storage supervision text time }
