//! Figures that a program of the crate `tests` measures, since they need machines with real processes in them.

use anyhow::Context as _;
use serde::Deserialize;

use super::{Context, Figure};
use crate::process::cargo;
use crate::workspace::Flavour;

/// A line that such a program prints.
#[derive(Deserialize)]
struct Line {
    name: String,
    #[serde(default = "millis")]
    unit: String,
    ours: f64,
    theirs: Option<f64>,
}

fn millis() -> String {
    "ms".to_owned()
}

/// What it prints for a group of figures.
pub(super) fn figures(context: &Context<'_>, group: &str) -> anyhow::Result<Vec<Figure>> {
    let assets = context.workspace.assets(Flavour::Release);
    let installation = &context.packed.installation;
    let roots = [&installation.elixir_root, &installation.erlang_root].map(|root| root.display().to_string());
    let output =
        cargo(["run", "--locked", "--release", "--quiet", "--package", "tests", "--bin", "bench", "--", group])
            .current_dir(&context.workspace.root)
            .env("ORRERY_ASSETS", &assets)
            .env("ORRERY_GUEST", assets.join("guest.wasm"))
            .env("ORRERY_LIBRARY", &context.packed.file)
            .env("ORRERY_SERVER", context.workspace.server(Flavour::Release))
            .env("ORRERY_REFERENCE", &installation.programs)
            .env("ORRERY_REFERENCE_LIBRARY", roots.join(":"))
            .stderr(std::process::Stdio::inherit())
            .output()
            .with_context(|| format!("measuring {group}"))?;
    anyhow::ensure!(output.status.success(), "measuring {group} failed");
    let text = String::from_utf8(output.stdout).with_context(|| format!("{group}: something odd was printed"))?;
    let lines = text.lines().map(serde_json::from_str::<Line>).collect::<Result<Vec<_>, _>>()?;
    anyhow::ensure!(!lines.is_empty(), "{group}: nothing was printed");
    Ok(lines.into_iter().map(|line| figure(group, line)).collect())
}

fn figure(group: &str, line: Line) -> Figure {
    let name = format!("{group}/{}", line.name);
    match line.theirs {
        Some(theirs) => Figure::against(name, line.unit, line.ours, theirs),
        None => Figure::absolute(name, line.unit, line.ours),
    }
}
