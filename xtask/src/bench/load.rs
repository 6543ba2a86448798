//! What a server does under load, beside Hocuspocus where that does the same.

use super::{Context, Figure, program};
use crate::setup;

pub(crate) fn measure(context: &Context<'_>) -> anyhow::Result<Vec<Figure>> {
    setup::for_collab(context.workspace)?;
    program::figures(context, "load")
}
