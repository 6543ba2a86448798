//! The same compiled programs in Erlang/OTP and in `beam`.
//!
//! `ORRERY_CONFORMANCE_ONLY` takes the modules whose file names contain it.

use std::path::PathBuf;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tests::conformance::reference::Reference;
use tests::conformance::run::Runner;
use tests::conformance::{Case, compare};

struct Expected {
    reference: Reference,
    cases: Vec<Case>,
}

fn expected() -> &'static Expected {
    static EXPECTED: OnceLock<Expected> = OnceLock::new();
    EXPECTED.get_or_init(|| {
        let sources = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("conformance");
        let sources = sources.canonicalize().expect("the programs are there");
        let build = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("conformance");
        let only = std::env::var("ORRERY_CONFORMANCE_ONLY").unwrap_or_default();
        let reference = Reference::new(&sources, &build, &only);
        let cases = reference.results();
        Expected { reference, cases }
    })
}

fn check(stress: bool) {
    let expected = expected();
    let mut runner = Runner::new(&expected.reference);
    runner.stress = stress;
    let mut actual = Vec::new();
    for module in &expected.reference.modules {
        let started = Instant::now();
        let before = actual.len();
        actual.extend(runner.cases(module));
        println!("{module}: {} cases in {:?}", actual.len() - before, started.elapsed());
    }
    let differences = compare::differences(&expected.cases, &actual);
    let errors = runner.load_errors();
    println!("{} cases, {} differ", expected.cases.len(), differences.len());
    assert!(errors.is_empty(), "modules that cannot be loaded:\n{}", errors.join("\n"));
    assert!(
        differences.is_empty(),
        "{} of {} differ:\n{}",
        differences.len(),
        expected.cases.len(),
        differences.join("\n")
    );
}

#[test]
fn programs_give_what_they_give_in_erlang() {
    check(false);
}

#[test]
fn programs_give_the_same_when_garbage_is_collected_at_every_allocation() {
    check(true);
}

/// The best of three attempts counts: others may use the machine as well.
#[test]
fn the_library_loads_fast() {
    let reference = &expected().reference;
    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let started = Instant::now();
        let runner = Runner::new(reference);
        fastest = fastest.min(started.elapsed());
        let errors = runner.load_errors();
        assert!(errors.is_empty(), "modules that cannot be loaded:\n{}", errors.join("\n"));
    }
    println!("the library loads in {fastest:?}");
    assert!(cfg!(debug_assertions) || fastest < Duration::from_millis(1500), "the library loads in {fastest:?}");
}
