//! `cargo xtask bench`: figures of ours, beside those of others measured in the same run where there are others.
//!
//! Figures are for reading, never for tests: a busy machine must not turn a test red.

mod beam;
mod library;
mod load;
mod machine;
mod page;
mod program;
mod programs;
mod server;
mod travel;

use clap::Args;
use serde::Serialize;

use crate::bundle::Packed;
use crate::workspace::{Flavour, Workspace};
use crate::{LibraryOptions, build, bundle};

/// `cargo xtask bench`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Only the figures whose name begins with one of these.
    names: Vec<String>,
    /// One JSON object a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    library: LibraryOptions,
}

/// One figure.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(crate) struct Figure {
    /// `group/what`.
    pub(crate) name: String,
    /// What `ours` and `theirs` are counted in.
    pub(crate) unit: String,
    /// Measured on Orrery. Less is better.
    pub(crate) ours: f64,
    /// Measured on what Orrery is compared with, in the same run; nothing where there is nothing to compare with.
    pub(crate) theirs: Option<f64>,
    /// `ours` by `theirs`.
    pub(crate) ratio: Option<f64>,
}

impl Figure {
    /// A figure that stands alone.
    pub(crate) fn absolute(name: impl Into<String>, unit: impl Into<String>, ours: f64) -> Self {
        Self { name: name.into(), unit: unit.into(), ours, theirs: None, ratio: None }
    }

    /// A figure beside that of something else.
    pub(crate) fn against(name: impl Into<String>, unit: impl Into<String>, ours: f64, theirs: f64) -> Self {
        Self { name: name.into(), unit: unit.into(), ours, theirs: Some(theirs), ratio: Some(ours / theirs) }
    }
}

/// What the benches work with: everything built for release.
pub(crate) struct Context<'a> {
    pub(crate) workspace: &'a Workspace,
    pub(crate) packed: Packed,
}

/// A group of figures that are measured together.
type Bench = fn(&Context<'_>) -> anyhow::Result<Vec<Figure>>;

/// Every bench, by the group that its figures' names begin with.
const BENCHES: &[(&str, Bench)] = &[
    ("beam", beam::measure),
    ("page", page::measure),
    ("library", library::measure),
    ("load", load::measure),
    ("machine", machine::measure),
    ("programs", programs::measure),
    ("server", server::measure),
    ("travel", travel::measure),
];

pub(crate) fn run(workspace: &Workspace, options: &Options) -> anyhow::Result<()> {
    let wanted = |name: &str| options.names.is_empty() || options.names.iter().any(|it| name.starts_with(it.as_str()));
    build::everything(workspace, Flavour::Release, &options.library)?;
    let packed = bundle::ensure(workspace, options.library.elixir.as_deref())?;
    let context = Context { workspace, packed };
    if !options.json {
        println!("{:<34} {:>14} {:>14} {:>8}", "name", "ours", "theirs", "ratio");
    }
    let (mut measured, mut failed) = (0, Vec::new());
    for (group, bench) in BENCHES {
        let asked_within = options.names.iter().any(|name| name.starts_with(group));
        if !wanted(group) && !asked_within {
            continue;
        }
        let figures = match bench(&context) {
            Ok(figures) => figures,
            Err(error) => {
                // The other groups are not measured in vain.
                eprintln!("{group}: {error:#}");
                failed.push(*group);
                continue;
            }
        };
        for figure in figures.iter().filter(|figure| wanted(&figure.name)) {
            measured += 1;
            if options.json { println!("{}", serde_json::to_string(figure)?) } else { print(figure) }
        }
    }
    anyhow::ensure!(failed.is_empty(), "could not be measured: {}", failed.join(", "));
    anyhow::ensure!(measured > 0, "there is no figure of this name; there are {}", groups().join(", "));
    Ok(())
}

fn print(figure: &Figure) {
    let number = |value: f64| format!("{value:.2} {}", figure.unit);
    println!(
        "{:<34} {:>14} {:>14} {:>8}",
        figure.name,
        number(figure.ours),
        figure.theirs.map(number).unwrap_or_else(|| "-".to_owned()),
        figure.ratio.map(|ratio| format!("{ratio:.2}")).unwrap_or_else(|| "-".to_owned()),
    );
}

fn groups() -> Vec<&'static str> {
    BENCHES.iter().map(|(group, _)| *group).collect()
}
