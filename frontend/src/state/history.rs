//! What somebody typed before, the last one first; kept in the browser.

use crate::state::storage;

/// Lines that are kept, and characters of one.
const LINES: usize = 200;
const CHARACTERS: usize = 2_000;

/// See the module.
#[derive(Debug, Default)]
pub struct History {
    key: String,
    /// The earliest first.
    lines: Vec<String>,
    /// How far back one is; nothing while one writes something new.
    back: usize,
    /// What was being written before one went back.
    draft: String,
}

impl History {
    /// What is kept under a name.
    #[must_use]
    pub fn read(name: &str) -> Self {
        let key = format!("orrery.history.{name}");
        let kept = storage::get(&key).and_then(|text| serde_json::from_str(&text).ok());
        Self { key, lines: kept.unwrap_or_default(), ..Self::default() }
    }

    /// Adds a line; one that is the same as the last is added once.
    pub fn add(&mut self, line: &str) {
        self.back = 0;
        self.draft.clear();
        let is_new = self.lines.last().is_none_or(|last| last != line);
        if line.trim().is_empty() || line.len() > CHARACTERS || !is_new {
            return;
        }
        self.lines.push(line.to_owned());
        self.lines.drain(..self.lines.len().saturating_sub(LINES));
        // It is kept if it can be.
        if let Ok(text) = serde_json::to_string(&self.lines) {
            storage::set(&self.key, &text);
        }
    }

    /// One line further back; `written` is what stands in the field.
    pub fn back(&mut self, written: &str) -> String {
        if self.back == 0 {
            self.draft = written.to_owned();
        }
        self.back = (self.back + 1).min(self.lines.len());
        self.line()
    }

    /// One line towards now.
    pub fn forward(&mut self) -> String {
        self.back = self.back.saturating_sub(1);
        self.line()
    }

    fn line(&self) -> String {
        match self.back {
            0 => self.draft.clone(),
            back => self.lines.get(self.lines.len() - back).cloned().unwrap_or_default(),
        }
    }
}

#[cfg(all(test, target_arch = "wasm32"))]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn one_goes_back_and_returns_to_what_one_was_writing() {
        let mut history = History::read("test-of-history");
        ["a", "b", "b", " "].iter().for_each(|line| history.add(line));
        assert_eq!([history.back("dra"), history.back(""), history.back("")], ["b", "a", "a"]);
        assert_eq!([history.forward(), history.forward(), history.forward()], ["b", "dra", "dra"]);
        // Where the tests run, nothing can be kept.
        let kept = storage::get(&history.key).map(|_| History::read("test-of-history").back(""));
        assert!(kept.is_none_or(|last| last == "b"));
        (0..2 * LINES).for_each(|n| history.add(&n.to_string()));
        assert_eq!(history.lines.len(), LINES);
        storage::remove("orrery.history.test-of-history");
    }
}
