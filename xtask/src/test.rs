//! `cargo xtask test`: everything that has to hold before a change is merged, and nothing that CI does besides.

mod browser;
mod cargo_test;
mod collab;
mod node;
mod postgres;
mod sanitizer;
mod wasm;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use clap::{Args, ValueEnum};

use crate::bundle::{self, Packed};
use crate::process::{cargo, run as run_command};
use crate::setup::Tools;
use crate::step::seconds;
use crate::workspace::{Flavour, Workspace};
use crate::{LibraryOptions, build, setup, tidy};

/// `cargo xtask test`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Run only this part; may be given several times.
    #[arg(long, value_name = "NAME")]
    only: Vec<Part>,
    #[command(flatten)]
    library: LibraryOptions,
}

/// One part of the tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// The code is formatted as rustfmt does it.
    Format,
    /// The rules of the repository that compiler and linter do not know.
    Tidy,
    /// No warnings, natively and for wasm32.
    Clippy,
    /// Unit and integration tests of every crate.
    Native,
    /// Tests of the crates that run in a browser or in a sandbox, compiled for wasm32.
    Wasm,
    /// The unsafe code of `beam` under AddressSanitizer.
    Sanitizer,
    /// The same as real Erlang and Elixir.
    Conformance,
    /// Programs as people write them: the same in a sandbox as under real Elixir.
    Programs,
    /// Snapshots, recordings and replays of machines whose processes run in wasm.
    Travel,
    /// The HTTP API of a real server.
    Api,
    /// The HTTP API of a real server that stores everything in PostgreSQL.
    Postgres,
    /// Shared documents of a real server, with standard clients.
    Collab,
    /// The page of a real server in a real browser.
    Browser,
}

/// How the tests of a part went.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Outcome {
    pub(crate) passed: u32,
    pub(crate) failed: u32,
}

impl Outcome {
    /// Of something that either works or does not.
    pub(crate) fn one(works: bool) -> Self {
        Self { passed: u32::from(works), failed: u32::from(!works) }
    }

    pub(crate) fn and(self, other: Self) -> Self {
        Self { passed: self.passed + other.passed, failed: self.failed + other.failed }
    }
}

/// What the parts work with.
pub(crate) struct Context<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) tools: Tools,
    pub(crate) packed: Packed,
}

/// The tests use the page as people get it, so that budgets are measured on the real thing.
pub(crate) const FLAVOUR: Flavour = Flavour::Release;

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<ExitCode> {
    let begun = Instant::now();
    let chosen: Vec<Part> = Part::value_variants()
        .iter()
        .copied()
        .filter(|part| options.only.is_empty() || options.only.contains(part))
        .collect();
    let context = prepare(workspace, options, &chosen)?;
    let set_up = begun.elapsed();
    let mut results: Vec<(String, Outcome, Duration)> = Vec::new();
    for part in chosen {
        let name = part.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
        eprintln!("\n== {name} ==");
        let begun = Instant::now();
        let outcome = run_part(part, &context).unwrap_or_else(|error| {
            eprintln!("error: {error:#}");
            Outcome::one(false)
        });
        results.push((name, outcome, begun.elapsed()));
    }
    println!("\n{:<12} {:>8} {:>8} {:>10}", "part", "passed", "failed", "time");
    println!("{:<12} {:>8} {:>8} {:>10}", "set-up", "", "", seconds(set_up));
    for (name, outcome, time) in &results {
        println!("{name:<12} {:>8} {:>8} {:>10}", outcome.passed, outcome.failed, seconds(*time));
    }
    println!("{:<12} {:>8} {:>8} {:>10}", "all", "", "", seconds(begun.elapsed()));
    let total = results.iter().fold(Outcome::default(), |sum, (_, outcome, _)| sum.and(*outcome));
    println!("{} passed, {} failed", total.passed, total.failed);
    // A part that ran no test at all tells nothing.
    let empty = results.iter().any(|(_, outcome, _)| *outcome == Outcome::default());
    Ok(if total.failed == 0 && !empty { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn prepare<'a>(workspace: &'a Workspace, options: &Options, chosen: &[Part]) -> anyhow::Result<Context<'a>> {
    let tools = setup::for_build(workspace)?;
    if chosen.contains(&Part::Browser) {
        setup::for_tests(workspace)?;
    }
    if chosen.contains(&Part::Postgres) {
        // Before anything is built, so that who cannot install it learns of it at once.
        setup::postgres(workspace)?;
    }
    if chosen.contains(&Part::Collab) {
        setup::for_collab(workspace)?;
    }
    let packed = bundle::ensure(workspace, options.library.elixir.as_deref())?;
    if chosen.iter().any(|part| !matches!(part, Part::Format | Part::Tidy | Part::Sanitizer)) {
        build::assets(workspace, FLAVOUR, &tools, &packed)?;
    }
    Ok(Context { workspace, tools, packed })
}

fn run_part(part: Part, context: &Context<'_>) -> anyhow::Result<Outcome> {
    match part {
        Part::Format => {
            let mut check = cargo(["fmt", "--all", "--check"]);
            Ok(Outcome::one(run_command(check.current_dir(&context.workspace.root)).is_ok()))
        }
        Part::Tidy => tidy::outcome(context.workspace),
        Part::Clippy => {
            let native =
                cargo_test::prepared(["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], context);
            let wasm = cargo_test::prepared(
                [
                    "clippy",
                    "-p",
                    "beam",
                    "-p",
                    "shared",
                    "-p",
                    "frontend",
                    "--target",
                    wasm::TARGET,
                    "--",
                    "-D",
                    "warnings",
                ],
                context,
            );
            let works = |mut command| Outcome::one(run_command(&mut command).is_ok());
            Ok(works(native).and(works(wasm)))
        }
        Part::Native => cargo_test::run(&["--workspace"], context),
        Part::Wasm => wasm::run(context),
        Part::Sanitizer => sanitizer::run(context),
        // The whole workspace is named here too: what cargo builds of a dependency depends on who is named, and the compiler of
        // the guest is too large to be built for each part anew.
        Part::Conformance => {
            let tests = ["conformance", "machine", "sandbox", "limits"].map(|name| ["--test", name]);
            cargo_test::run(&[&["--workspace"], tests.as_flattened()].concat(), context)
        }
        Part::Programs => cargo_test::run(&["--workspace", "--test", "programs"], context),
        Part::Travel => cargo_test::run(&["--workspace", "--test", "travel"], context),
        Part::Api => cargo_test::run(&["--workspace", "--test", "api"], context),
        Part::Postgres => postgres::run(context),
        Part::Collab => collab::run(context),
        Part::Browser => browser::run(context),
    }
}
