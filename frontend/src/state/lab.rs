//! All that the panels of a sandbox share.

use shared::access::{Operation, allowed};
use yew::prelude::*;

use crate::state::document::SharedDocument;
use crate::state::live::LiveSandbox;
use crate::state::selection::Selected;
use crate::state::topic::use_topic;
use crate::state::ways::Ways;

/// A sandbox that is open.
#[derive(Clone, PartialEq)]
pub struct Lab {
    /// `sandbox-…`
    pub sandbox: AttrValue,
    /// Its files, and who is where in them.
    pub document: SharedDocument,
    /// What happens beside them.
    pub live: LiveSandbox,
    /// What is looked at.
    pub selected: Selected,
    /// How its program is run from here.
    pub ways: Ways,
}

impl Lab {
    /// Opens one.
    #[must_use]
    pub fn open(sandbox: &str) -> Self {
        let document = SharedDocument::open(sandbox);
        let selected = Selected::default();
        let led = selected.clone();
        document.on_led(Callback::from(move |file: String| {
            led.change(|selection| (selection.file, selection.line) = (Some(file), None));
        }));
        let (live, ways) = (LiveSandbox::open(sandbox), Ways::default());
        Self { sandbox: AttrValue::from(sandbox.to_owned()), document, live, selected, ways }
    }

    /// The file in the editor: the one that is selected; otherwise the script that runs, or the first one.
    #[must_use]
    pub fn shown_file(&self) -> Option<String> {
        let paths = self.document.paths();
        let selected = self.selected.get().file.filter(|path| paths.contains(path));
        selected.or_else(|| paths.iter().find(|path| *path == "main.exs").or_else(|| paths.first()).cloned())
    }

    /// Whether the one who looks may do this.
    #[must_use]
    pub fn may(&self, operation: Operation) -> bool {
        self.live.about().is_some_and(|about| allowed(about.role, operation, &about.switches))
    }
}

/// The sandbox that is open.
///
/// # Panics
///
/// Outside of its page.
#[hook]
pub fn use_sandbox() -> Lab {
    use_context().expect("the page of a sandbox provides it")
}

/// Whether the one who looks may do this, also when that changes.
#[hook]
pub fn use_may(operation: Operation) -> bool {
    let lab = use_sandbox();
    use_topic(&lab.live.topics().about);
    lab.may(operation)
}
