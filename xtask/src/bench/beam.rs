//! Speed of BEAM code in a sandbox beside that of real Erlang, and the geometric mean of all programs.

use anyhow::Context as _;

use super::{Context, Figure, program};

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    let mut figures = program::figures(context, "beam")?;
    let ratios = figures.iter().map(|figure| figure.ratio.map(f64::ln)).collect::<Option<Vec<_>>>();
    let ratios = ratios.context("a figure of the group beam stands alone")?;
    let mean = (ratios.iter().sum::<f64>() / ratios.len() as f64).exp();
    figures.push(Figure::against("beam/geometric-mean", "x", mean, 1.0));
    Ok(figures)
}
