//! The order of the files: by their paths, until somebody puts one in another place. Where it is then stands in the document,
//! so that it is there for everybody.

use std::cmp::Ordering;

use yrs::{Any, Map as _, Out, ReadTxn, Transact as _};

use super::{CodeDocument, PAGE};

/// How the names of such entries of the settings begin.
const PREFIX: &str = "place/";

impl CodeDocument {
    /// Compares two files by their places. Those that nobody has put anywhere come last, by their paths.
    pub(super) fn compare_places(&self, txn: &impl ReadTxn, one: &str, other: &str) -> Ordering {
        let place = |path| self.place_of(txn, path).unwrap_or(f64::INFINITY);
        place(one).total_cmp(&place(other)).then_with(|| by_path(one).cmp(&by_path(other)))
    }

    /// Puts a file above the one before it, or below the one behind it; gives whether there was one.
    pub fn move_file(&mut self, path: &str, is_up: bool) -> bool {
        let mut paths = self.paths();
        let Some(at) = paths.iter().position(|one| one == path) else { return false };
        let Some(other) = (if is_up { at.checked_sub(1) } else { Some(at + 1) }).filter(|it| *it < paths.len()) else {
            return false;
        };
        paths.swap(at, other);
        let mut txn = self.doc.transact_mut_with(PAGE);
        for (place, path) in (0_u32..).zip(paths) {
            let place = f64::from(place);
            if self.place_of(&txn, &path) != Some(place) {
                self.settings.insert(&mut txn, format!("{PREFIX}{path}"), place);
            }
        }
        true
    }

    /// A file that has another path from now on stays where it is.
    pub(super) fn keep_place(&mut self, from: &str, to: &str) {
        let mut txn = self.doc.transact_mut_with(PAGE);
        if let Some(place) = self.place_of(&txn, from) {
            self.settings.insert(&mut txn, format!("{PREFIX}{to}"), place);
            self.settings.remove(&mut txn, &format!("{PREFIX}{from}"));
        }
    }

    fn place_of(&self, txn: &impl ReadTxn, path: &str) -> Option<f64> {
        let Out::Any(Any::Number(place)) = self.settings.get(txn, &format!("{PREFIX}{path}"))? else { return None };
        place.as_f64().filter(|place| place.is_finite())
    }
}

/// Folders after the files beside them, otherwise by name.
fn by_path(path: &str) -> Vec<(bool, String)> {
    let parts: Vec<&str> = path.split('/').collect();
    let last = parts.len() - 1;
    parts.iter().enumerate().map(|(at, part)| (at < last, part.to_lowercase())).collect()
}
