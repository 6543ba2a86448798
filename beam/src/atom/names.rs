//! The names of atoms, side by side.

use std::ptr::NonNull;

/// Bytes of a text.
const TEXT_BYTES: usize = 16 << 10;

/// Names by number, none of which ever moves or goes.
#[derive(Default)]
pub(super) struct Names {
    names: Vec<NonNull<str>>,
    /// Where names lie. The last one has room for more, the others are full. None is written to where a name is.
    texts: Vec<Vec<u8>>,
    /// Names from this number on are boxes of their own.
    boxed_from: Option<usize>,
}

impl Names {
    pub(super) fn len(&self) -> usize {
        self.names.len()
    }
    /// The name of a number; empty for one that nothing has.
    pub(super) fn get(&self, number: u32) -> &str {
        // SAFETY: what was pushed stays where it is, and nothing writes to it, as long as this is there.
        self.names.get(number as usize).map_or("", |name| unsafe { name.as_ref() })
    }
    /// Makes room for more names, of so many bytes.
    pub(super) fn reserve(&mut self, more: usize, bytes: usize) {
        self.names.reserve(more);
        if bytes > 0 {
            self.texts.push(Vec::with_capacity(bytes));
        }
    }
    /// From now on no text is written to: each name is in memory of its own.
    pub(super) fn seal(&mut self) {
        self.boxed_from.get_or_insert(self.names.len());
    }
    pub(super) fn push(&mut self, name: &str) {
        let kept = if self.boxed_from.is_some() { NonNull::from(Box::leak(name.into())) } else { self.put(name) };
        self.names.push(kept);
    }
    /// Puts a name into a text.
    fn put(&mut self, name: &str) -> NonNull<str> {
        let has_room = |text: &Vec<u8>| text.capacity() - text.len() >= name.len();
        if !self.texts.last().is_some_and(has_room) {
            self.texts.push(Vec::with_capacity(name.len().max(TEXT_BYTES)));
        }
        let text = self.texts.last_mut().expect("it was pushed if there was none");
        let start = text.len();
        text.extend_from_slice(name.as_bytes());
        // SAFETY: these bytes are those of a string. They stay where they are: there was room for them.
        NonNull::from(unsafe { str::from_utf8_unchecked(&text[start..]) })
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        let boxed = self.boxed_from.map_or(&[][..], |from| &self.names[from..]);
        for name in boxed {
            // SAFETY: leaked by `push`, and nobody has a reference any more.
            drop(unsafe { Box::from_raw(name.as_ptr()) });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stay_as_they_were() {
        let mut names = Names::default();
        let all: Vec<String> = (0..10_000).map(|number| format!("{}é", number * 7919)).collect();
        for (number, name) in all.iter().enumerate() {
            match number {
                5_000 => names.reserve(2_000, 10_000),
                9_000 | 9_500 => names.seal(),
                _ => {}
            }
            names.push(name);
        }
        names.push("");
        assert_eq!(names.len(), 10_001);
        assert!((0..).zip(&all).all(|(number, name)| names.get(number) == name));
        assert_eq!((names.get(10_000), names.get(10_001)), ("", ""));
    }
}
