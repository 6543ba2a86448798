//! What came of compilations, so that the same is not compiled twice: many begin with the same files, and people take back what they
//! wrote.
//!
//! A sandbox that compiles begins with the same image, seed and time whenever it is made, and is told nothing meanwhile. So what comes of it
//! follows from what it is given, whatever macros ask for, unless the clock or the server ended it (`docs/decisions/0008-the-same-is-compiled-once.md`).

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use shared::limits::Limits;

use super::run::Done;
use crate::boot::program::Program;

/// Bytes that are kept.
const BYTES_MAX: usize = 64 << 20;
/// What a compilation takes beside its texts and its code, about.
const OVERHEAD: usize = 1 << 10;

/// Names everything that a compilation depends on in one library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Key(blake3::Hash);

impl Key {
    /// Of this program, with this to be done, in a sandbox with these limits.
    pub(super) fn of(program: &Program, arguments: &[u8], limits: &Limits) -> Option<Key> {
        let all = postcard::to_stdvec(&(program, arguments, limits)).ok()?;
        Some(Key(blake3::hash(&all)))
    }
}

/// Compilations that were not long ago. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct Known(Arc<Mutex<Kept>>);

#[derive(Debug)]
struct Kept {
    done: HashMap<Key, Entry>,
    /// The one that was not asked for the longest comes first.
    by_use: BTreeMap<u64, Key>,
    uses: u64,
    bytes: usize,
    most: usize,
}

#[derive(Debug)]
struct Entry {
    done: Done,
    bytes: usize,
    used: u64,
}

impl Default for Known {
    fn default() -> Known {
        Known::with_room_for(BYTES_MAX)
    }
}

impl Known {
    fn with_room_for(most: usize) -> Known {
        let kept = Kept { done: HashMap::new(), by_use: BTreeMap::new(), uses: 0, bytes: 0, most };
        Known(Arc::new(Mutex::new(kept)))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What came of it.
    pub(super) fn get(&self, key: &Key) -> Option<Done> {
        let mut kept = self.kept();
        let kept = &mut *kept;
        let entry = kept.done.get_mut(key)?;
        kept.by_use.remove(&entry.used);
        kept.uses += 1;
        entry.used = kept.uses;
        kept.by_use.insert(entry.used, *key);
        Some(entry.done.clone())
    }

    /// Keeps what came of it, in place of what was not asked for the longest.
    pub(super) fn put(&self, key: Key, done: &Done) {
        let bytes = done.bytes() + OVERHEAD;
        let mut kept = self.kept();
        // Somebody else may have compiled the same meanwhile.
        if bytes > kept.most / 2 || kept.done.contains_key(&key) {
            return;
        }
        kept.uses += 1;
        let used = kept.uses;
        kept.bytes += bytes;
        kept.by_use.insert(used, key);
        kept.done.insert(key, Entry { done: done.clone(), bytes, used });
        while kept.bytes > kept.most
            && let Some((_, oldest)) = kept.by_use.pop_first()
        {
            kept.bytes -= kept.done.remove(&oldest).map_or(0, |entry| entry.bytes);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(file: &str) -> Key {
        let program = Program { files: vec![(file.to_owned(), [].into())], ..Program::default() };
        Key::of(&program, b"", &Limits::default()).unwrap()
    }

    fn done(bytes: usize) -> Done {
        Done { output: "x".repeat(bytes), ..Done::default() }
    }

    #[test]
    fn all_that_matters_is_in_the_name() {
        let program = Program::default();
        let limits = Limits::default();
        let same = Key::of(&program, b"", &limits);
        assert_eq!(same, Key::of(&program.clone(), b"", &limits.clone()));
        assert_ne!(same, Key::of(&program, b"x", &limits));
        assert_ne!(same, Key::of(&program, b"", &Limits { processes: 7, ..limits.clone() }));
        let files = |path: &str, text: &str| {
            let files = vec![(path.to_owned(), text.as_bytes().into())];
            Key::of(&Program { files, ..Program::default() }, b"", &limits)
        };
        assert_ne!(files("a", "bc"), files("ab", "c"));
    }

    #[test]
    fn what_was_asked_for_last_stays() {
        let known = Known::with_room_for(7 * OVERHEAD);
        for name in ["a", "b", "c"] {
            known.put(key(name), &done(OVERHEAD));
        }
        assert!(known.get(&key("a")).is_some());
        known.put(key("d"), &done(OVERHEAD));
        let there = ["a", "b", "c", "d"].map(|name| known.get(&key(name)).is_some());
        assert_eq!(there, [true, false, true, true]);
        assert!(known.kept().bytes <= 7 * OVERHEAD);
        known.put(key("large"), &done(3 * OVERHEAD));
        assert!(known.get(&key("large")).is_none(), "one alone does not take everything");
    }
}
