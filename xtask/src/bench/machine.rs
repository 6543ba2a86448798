//! What processes, messages and tables cost in a machine, beside real Erlang.

use super::{Context, Figure, program};

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    program::figures(context, "machine")
}
