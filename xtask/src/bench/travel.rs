//! What recording, snapshots, forks and seeking cost.

use super::{Context, Figure, program};

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    program::figures(context, "travel")
}
