//! What is looked at: one file, one process, one event, one moment, for all panels together. It stands in the address, so
//! that a link shows the same.

use std::cell::RefCell;
use std::rc::Rc;

use shared::ids::{EventSeq, Pid};
use wasm_bindgen::JsValue;
use web_sys::UrlSearchParams;

use crate::state::topic::Topic;

/// What is looked at.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selection {
    /// The file in the editor.
    pub file: Option<String>,
    /// A line of it to go to, and a column.
    pub line: Option<(u32, u32)>,
    /// The process that is selected.
    pub pid: Option<Pid>,
    /// The event that is selected.
    pub event: Option<EventSeq>,
    /// The moment that all panels show: after this event. Now, when there is none.
    pub at: Option<EventSeq>,
    /// The panel that is open at the side.
    pub side: Option<String>,
    /// The panel that is open at the bottom.
    pub bottom: Option<String>,
}

impl Selection {
    /// As it stands behind the question mark of an address.
    fn pairs(&self) -> Vec<(&'static str, String)> {
        let line =
            self.line.map(|(line, column)| if column > 0 { format!("{line}.{column}") } else { line.to_string() });
        [
            ("file", self.file.clone()),
            ("line", line),
            ("process", self.pid.map(|pid| pid.0.to_string())),
            ("event", self.event.map(|event| event.0.to_string())),
            ("at", self.at.map(|at| at.0.to_string())),
            ("side", self.side.clone()),
            ("bottom", self.bottom.clone()),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// Reads what [`Selection::pairs`] wrote; what cannot be read is not selected.
    fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let number = |name: &str| get(name)?.parse::<u64>().ok();
        let line = get("line").and_then(|text| {
            let (line, column) = text.split_once('.').unwrap_or((&text, "0"));
            Some((line.parse().ok()?, column.parse().ok()?))
        });
        Self {
            file: get("file").filter(|file| !file.is_empty()),
            line,
            pid: number("process").map(Pid),
            event: number("event").map(EventSeq),
            at: number("at").map(EventSeq),
            side: get("side"),
            bottom: get("bottom"),
        }
    }
}

/// The selection of a page.
#[derive(Clone)]
pub struct Selected(Rc<Inner>);

struct Inner {
    current: RefCell<Selection>,
    topic: Topic,
}

impl PartialEq for Selected {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl Default for Selected {
    /// As the address says.
    fn default() -> Self {
        let search = web_sys::window().and_then(|window| window.location().search().ok()).unwrap_or_default();
        let current = match UrlSearchParams::new_with_str(&search) {
            Ok(parameters) => Selection::read(|name| parameters.get(name)),
            Err(_) => Selection::default(),
        };
        Self(Rc::new(Inner { current: RefCell::new(current), topic: Topic::default() }))
    }
}

impl Selected {
    /// What is looked at.
    #[must_use]
    pub fn get(&self) -> Selection {
        self.0.current.borrow().clone()
    }

    /// Changes with it.
    #[must_use]
    pub fn topic(&self) -> &Topic {
        &self.0.topic
    }

    /// Looks at something else.
    pub fn change(&self, change: impl FnOnce(&mut Selection)) {
        let before = self.get();
        change(&mut self.0.current.borrow_mut());
        if *self.0.current.borrow() != before {
            self.write();
            self.0.topic.notify();
        }
    }

    /// Goes to a line, also when one was there already.
    pub fn go_to(&self, file: &str, line: u32, column: u32) {
        self.change(|selection| {
            selection.file = Some(file.to_owned());
            selection.line = Some((line, column));
        });
        self.0.topic.notify();
    }

    fn write(&self) {
        let Some(window) = web_sys::window() else { return };
        let Ok(parameters) = UrlSearchParams::new() else { return };
        for (name, value) in self.get().pairs() {
            parameters.set(name, &value);
        }
        let text = String::from(parameters.to_string());
        let path = window.location().pathname().unwrap_or_default();
        let address = if text.is_empty() { path } else { format!("{path}?{text}") };
        if let Ok(history) = window.history() {
            // A browser may refuse when it happens too often; the next change tries again.
            drop(history.replace_state_with_url(&JsValue::NULL, "", Some(&address)));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_selection_survives_the_way_through_an_address() {
        let selection = Selection {
            file: Some("lib/a b.ex".to_owned()),
            line: Some((7, 3)),
            pid: Some(Pid(90)),
            event: Some(EventSeq(12)),
            at: None,
            side: Some("tree".to_owned()),
            bottom: None,
        };
        let pairs: BTreeMap<_, _> = selection.pairs().into_iter().collect();
        assert_eq!(Selection::read(|name| pairs.get(name).cloned()), selection);
        let bad = |name: &str| (name == "process").then(|| "x".to_owned());
        assert_eq!(Selection::read(bad), Selection::default());
    }
}
