//! The colours of the theme for a canvas.

use web_sys::HtmlCanvasElement;

use crate::state::watch::Watch;

/// Asking the browser for them takes longer than drawing, so it is not done for every picture.
const ASK_EVERY_MILLIS: f64 = 500.0;

/// The colours.
#[derive(Debug, Clone)]
pub(super) struct Colours {
    pub(super) text: String,
    pub(super) muted: String,
    pub(super) line: String,
    pub(super) surface: String,
    pub(super) accent: String,
    pub(super) running: String,
    pub(super) crashed: String,
    pub(super) focus: String,
    asked: Watch,
}

impl Colours {
    /// Those that are known, unless that is too long ago.
    pub(super) fn now(known: &mut Option<Self>, canvas: &HtmlCanvasElement) -> Self {
        match known {
            Some(colours) if colours.asked.millis() < ASK_EVERY_MILLIS => colours.clone(),
            _ => known.insert(Self::ask(canvas)).clone(),
        }
    }

    /// What the page's style says. A token is a colour for either theme, which only an element resolves: the canvas is
    /// asked with each of them as its own colour.
    fn ask(canvas: &HtmlCanvasElement) -> Self {
        let window = web_sys::window();
        let token = |name: &str| {
            let resolved = || -> Option<String> {
                canvas.style().set_property("color", &format!("var({name})")).ok()?;
                let style = window.as_ref()?.get_computed_style(canvas).ok()??;
                style.get_property_value("color").ok()
            };
            resolved().unwrap_or_default()
        };
        Self {
            text: token("--text"),
            muted: token("--text-muted"),
            line: token("--line"),
            surface: token("--surface-3"),
            accent: token("--accent"),
            running: token("--state-running"),
            crashed: token("--state-crashed"),
            focus: token("--focus"),
            asked: Watch::start(),
        }
    }
}
