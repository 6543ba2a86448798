//! Speed of BEAM code in a sandbox beside that of real Erlang, and the geometric mean of all programs.

use anyhow::Context as _;
use serde::Deserialize;

use super::{Context, Figure};
use crate::process::cargo;
use crate::workspace::Flavour;

/// A line that `beam-bench` prints.
#[derive(Deserialize)]
struct Line {
    name: String,
    ours: f64,
    theirs: f64,
}

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let assets = context.workspace.assets(Flavour::Release);
    let installation = &context.packed.installation;
    let roots = [&installation.elixir_root, &installation.erlang_root].map(|root| root.display().to_string());
    let output = cargo(["run", "--locked", "--release", "--quiet", "--package", "tests", "--bin", "beam-bench"])
        .current_dir(&context.workspace.root)
        .env("ORRERY_GUEST", assets.join("guest.wasm"))
        .env("ORRERY_LIBRARY", &context.packed.file)
        .env("ORRERY_REFERENCE", &installation.programs)
        .env("ORRERY_REFERENCE_LIBRARY", roots.join(":"))
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("starting beam-bench")?;
    anyhow::ensure!(output.status.success(), "beam-bench failed");
    let text = String::from_utf8(output.stdout).context("beam-bench printed something odd")?;
    let lines = text.lines().map(serde_json::from_str::<Line>).collect::<Result<Vec<_>, _>>()?;
    anyhow::ensure!(!lines.is_empty(), "beam-bench printed nothing");
    let mean = (lines.iter().map(|line| (line.ours / line.theirs).ln()).sum::<f64>() / lines.len() as f64).exp();
    let mut figures: Vec<Figure> =
        lines.iter().map(|line| Figure::against(format!("beam/{}", line.name), "ms", line.ours, line.theirs)).collect();
    figures.push(Figure::against("beam/geometric-mean", "x", mean, 1.0));
    Ok(figures)
}
