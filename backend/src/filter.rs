//! Filters of events as people send them: not longer than they may be, and made ready.

use shared::filter::{EventFilter, Filter};

use crate::error::ApiError;

/// Longest pattern or match specification of a filter, in bytes: evaluating it for an event takes time in proportion.
const TEXT_BYTES_MAX: usize = 4 << 10;

/// Most processes that are named.
const PIDS_MAX: usize = 1_000;

/// A filter that is ready, if it says anything.
///
/// # Errors
///
/// When it makes no sense: the text says where.
pub(crate) fn ready(filter: &Filter) -> Result<Option<EventFilter>, ApiError> {
    let is_long = filter.pattern.as_ref().is_some_and(|pattern| pattern.len() > TEXT_BYTES_MAX)
        || filter.matching.as_ref().is_some_and(|matching| matching.len() > TEXT_BYTES_MAX)
        || filter.pids.len() > PIDS_MAX;
    if is_long {
        return Err(ApiError::TooLarge);
    }
    if *filter == Filter::default() {
        return Ok(None);
    }
    EventFilter::new(filter).map(Some).map_err(|error| ApiError::Invalid(error.to_string()))
}
