//! Breakpoints: kept in the document of the code, so that they are those of everybody, and tied to the text, so that they move with
//! their lines.
//!
//! Each is an entry of the settings of its own: two people who set one at the same time never touch the same entry.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use yrs::{Any, Map as _, Out, StickyIndex, Transact as _};

use super::{CodeDocument, PAGE};

/// How the names of such entries begin.
const PREFIX: &str = "breakpoint/";

/// Breakpoints that are looked at; whoever sets more of them sets them in vain.
const MOST: usize = 1_000;

/// What an entry says, as JSON.
#[derive(Serialize, Deserialize)]
struct Breakpoint {
    file: String,
    /// The beginning of the line.
    at: StickyIndex,
}

impl CodeDocument {
    /// The lines of a file that have breakpoints, the first line being 1.
    pub fn breakpoints(&self, path: &str) -> BTreeSet<u32> {
        let Some(text) = self.text(path) else { return BTreeSet::new() };
        self.entries(path).into_iter().filter_map(|(_, at)| Some(line_at(&text, self.position(&at)?))).collect()
    }

    /// Sets a breakpoint at a line, or takes away those that are there.
    pub fn toggle_breakpoint(&mut self, path: &str, line: u32) {
        let Some(text) = self.text(path) else { return };
        let is_there = |at: &StickyIndex| self.position(at).is_some_and(|at| line_at(&text, at) == line);
        let there: Vec<String> =
            self.entries(path).into_iter().filter(|(_, at)| is_there(at)).map(|(key, _)| key).collect();
        if !there.is_empty() {
            let mut txn = self.doc.transact_mut_with(PAGE);
            for key in there {
                self.settings.remove(&mut txn, &key);
            }
            return;
        }
        let Some(at) = self.anchor(path, start_of(&text, line)) else { return };
        let Ok(entry) = serde_json::to_string(&Breakpoint { file: path.to_owned(), at }) else { return };
        let mut txn = self.doc.transact_mut_with(PAGE);
        let own = format!("{PREFIX}{}/", self.doc.client_id().get());
        let numbers = self.settings.keys(&txn).filter_map(|key| key.strip_prefix(&own)?.parse::<u32>().ok());
        let next = numbers.max().map_or(0, |last| last + 1);
        self.settings.insert(&mut txn, format!("{own}{next}"), entry);
    }

    /// The entries of a file.
    fn entries(&self, path: &str) -> Vec<(String, StickyIndex)> {
        let txn = self.doc.transact();
        let all = self.settings.iter(&txn).filter(|(key, _)| key.starts_with(PREFIX)).take(MOST);
        let read = |(key, value): (&str, Out)| {
            let Out::Any(Any::String(text)) = value else { return None };
            let breakpoint: Breakpoint = serde_json::from_str(&text).ok()?;
            (breakpoint.file == path).then(|| (key.to_owned(), breakpoint.at))
        };
        all.filter_map(read).collect()
    }
}

/// The line of a place in UTF-16 code units.
fn line_at(text: &str, at: u32) -> u32 {
    1 + text.encode_utf16().take(at as usize).filter(|unit| *unit == u16::from(b'\n')).count() as u32
}

/// Where a line begins, in UTF-16 code units; the end of the text when there are not so many.
fn start_of(text: &str, line: u32) -> u32 {
    text.split_inclusive('\n')
        .take(line.saturating_sub(1) as usize)
        .map(|line| line.encode_utf16().count() as u32)
        .sum()
}
