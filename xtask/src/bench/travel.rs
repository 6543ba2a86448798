//! What recording, snapshots, forks and seeking cost.

use anyhow::Context as _;
use serde::Deserialize;

use super::{Context, Figure};
use crate::process::cargo;
use crate::workspace::Flavour;

/// A line that `travel-bench` prints.
#[derive(Deserialize)]
struct Line {
    name: String,
    unit: String,
    ours: f64,
    theirs: Option<f64>,
}

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let assets = context.workspace.assets(Flavour::Release);
    let installation = &context.packed.installation;
    let roots = [&installation.elixir_root, &installation.erlang_root].map(|root| root.display().to_string());
    let output = cargo(["run", "--locked", "--release", "--quiet", "--package", "tests", "--bin", "travel-bench"])
        .current_dir(&context.workspace.root)
        .env("ORRERY_GUEST", assets.join("guest.wasm"))
        .env("ORRERY_LIBRARY", &context.packed.file)
        .env("ORRERY_REFERENCE", &installation.programs)
        .env("ORRERY_REFERENCE_LIBRARY", roots.join(":"))
        .stderr(std::process::Stdio::inherit())
        .output()
        .context("starting travel-bench")?;
    anyhow::ensure!(output.status.success(), "travel-bench failed");
    let text = String::from_utf8(output.stdout).context("travel-bench printed something odd")?;
    let lines = text.lines().map(serde_json::from_str::<Line>).collect::<Result<Vec<_>, _>>()?;
    Ok(lines.into_iter().map(figure).collect())
}

fn figure(line: Line) -> Figure {
    let name = format!("travel/{}", line.name);
    let unit = if line.unit == "kB" { "kB" } else { "ms" };
    match line.theirs {
        Some(theirs) => Figure::against(name, unit, line.ours, theirs),
        None => Figure::absolute(name, unit, line.ours),
    }
}
