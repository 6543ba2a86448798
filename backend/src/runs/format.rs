//! Formatting files with Elixir's own formatter, in a sandbox that is thrown away.

use shared::api::code::{Formatted, ToFormat};

use super::edits::changes;
use super::{Runs, engine};
use crate::error::ApiError;
use crate::state::AppState;

/// Longest text.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// What people tell the formatter.
const SETTINGS: &str = ".formatter.exs";

impl Runs {
    /// What the formatter makes of a file of a sandbox, with the settings in that sandbox.
    ///
    /// # Errors
    ///
    /// When it is no file that can be formatted, or there is no answer.
    pub(crate) async fn format(&self, app: &AppState, sandbox: &str, file: ToFormat) -> Result<Formatted, ApiError> {
        let ToFormat { path, text } = file;
        if text.len() > TEXT_BYTES_MAX {
            return Err(ApiError::TooLarge);
        }
        if !path.ends_with(".ex") && !path.ends_with(".exs") {
            let what = "Only files of Elixir can be formatted, whose names end with .ex or .exs: Erlang has no formatter of its own";
            return Err(ApiError::Invalid(what.to_owned()));
        }
        let settings = app.documents().files(app, sandbox).await?.remove(SETTINGS);
        let kit = engine::kit().await.map_err(|_| ApiError::Unavailable)?;
        let _permit = kit.asking.acquire().await.map_err(|_| ApiError::Unavailable)?;
        let formatted = {
            let (kit, text) = (kit.clone(), text.clone());
            tokio::task::spawn_blocking(move || kit.offers.tools().format(&path, &text, settings.as_deref())).await
        };
        let formatted = formatted.map_err(|_| ApiError::Internal)?.map_err(|error| {
            tracing::warn!(error = format!("{error:#}"), "a file cannot be formatted");
            ApiError::Invalid(format!("The formatter did not come to an end: {error}"))
        })?;
        Ok(match formatted {
            Ok(new) => Formatted::Done { changes: changes(&text, &new), text: new },
            Err(diagnostic) => Formatted::Refused { diagnostic },
        })
    }
}
