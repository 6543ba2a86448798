//! Atoms.

use std::cell::RefCell;
use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Places in [`RECENT`].
const PLACES: usize = 256;
/// Longest text that is kept there, in bytes.
const MAX_KEPT: usize = 32;

thread_local! {
    /// Atoms that were made before: most are the same few again, and one that is here need not be allocated.
    static RECENT: RefCell<[Option<Atom>; PLACES]> = const { RefCell::new([const { None }; PLACES]) };
}

/// Where an atom is kept: by its length, its first bytes and its last ones. `None`: nowhere.
fn place(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let (&first, &last) = (bytes.first()?, bytes.last()?);
    let (second, middle) = (*bytes.get(1).unwrap_or(&0), bytes[bytes.len() / 2]);
    let mixed = [first, second, middle, last].iter().fold(bytes.len(), |mixed, byte| mixed * 31 + usize::from(*byte));
    (bytes.len() <= MAX_KEPT).then_some(mixed % PLACES)
}

/// The text of an atom: at most 255 characters (Erlang Reference Manual, "Atom"; the external term format enforces it).
#[derive(Clone)]
pub struct Atom(Arc<str>);

impl Atom {
    /// The greatest number of characters.
    pub const MAX_CHARS: usize = 255;

    /// The atom with this text.
    pub fn new(text: &str) -> Self {
        let made = || Self(Arc::from(text));
        let Some(place) = place(text) else { return made() };
        let kept = RECENT.try_with(|recent| {
            let mut recent = recent.borrow_mut();
            match &mut recent[place] {
                Some(atom) if *atom.0 == *text => atom.clone(),
                other => other.insert(made()).clone(),
            }
        });
        // A thread that ends has forgotten them.
        kept.unwrap_or_else(|_| made())
    }

    /// The name of the node that every sandbox is.
    pub fn local_node() -> Self {
        static LOCAL: std::sync::OnceLock<Atom> = std::sync::OnceLock::new();
        LOCAL.get_or_init(|| Self::new(super::LOCAL_NODE)).clone()
    }

    /// Its text, without quotes.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Atom {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl PartialEq for Atom {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl Eq for Atom {}

impl PartialEq<str> for Atom {
    fn eq(&self, other: &str) -> bool {
        &*self.0 == other
    }
}

impl PartialEq<&str> for Atom {
    fn eq(&self, other: &&str) -> bool {
        &*self.0 == *other
    }
}

impl Ord for Atom {
    /// By code points, which is the order of UTF-8 bytes.
    fn cmp(&self, other: &Self) -> Ordering {
        if Arc::ptr_eq(&self.0, &other.0) { Ordering::Equal } else { self.0.cmp(&other.0) }
    }
}

impl PartialOrd for Atom {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl std::hash::Hash for Atom {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.0.hash(state);
    }
}

impl fmt::Debug for Atom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl fmt::Display for Atom {
    /// As Erlang writes it, with quotes where it needs them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut chars = self.0.chars();
        let plain = chars.next().is_some_and(|first| first.is_ascii_lowercase())
            && chars.all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '@')
            && !RESERVED.contains(&&*self.0);
        if plain {
            return f.write_str(&self.0);
        }
        f.write_str("'")?;
        for c in self.0.chars() {
            match c {
                '\'' => f.write_str("\\'")?,
                '\\' => f.write_str("\\\\")?,
                '\n' => f.write_str("\\n")?,
                c => write!(f, "{c}")?,
            }
        }
        f.write_str("'")
    }
}

/// Words that Erlang reserves, so that an atom of that text is quoted.
const RESERVED: [&str; 28] = [
    "after", "and", "andalso", "band", "begin", "bnot", "bor", "bsl", "bsr", "bxor", "case", "catch", "cond", "div",
    "end", "fun", "if", "let", "maybe", "not", "of", "or", "orelse", "receive", "rem", "try", "when", "xor",
];

impl Serialize for Atom {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Atom {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        if text.chars().count() > Self::MAX_CHARS {
            return Err(serde::de::Error::custom("an atom of more than 255 characters"));
        }
        Ok(Self(Arc::from(text)))
    }
}
