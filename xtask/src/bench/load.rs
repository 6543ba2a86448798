//! What a server does under load.

use super::{Context, Figure, program};

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    program::figures(context, "load-bench", "load")
}
