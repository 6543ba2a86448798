//! The difference of two texts, as few changes: carets and what others write in between stay where they are.

use std::time::{Duration, Instant};

use shared::api::code::TextChange;
use similar::{Algorithm, DiffOp, capture_diff_slices_deadline};

/// How long it is tried to find few changes; after that they may be more.
const TIME: Duration = Duration::from_millis(500);

/// The changes that make one text of another, in ascending order.
pub(super) fn changes(before: &str, after: &str) -> Vec<TextChange> {
    let (old, new) = (words(before), words(after));
    let places = |words: &[&str]| -> Vec<u32> {
        let mut at = 0;
        let mut places = vec![0];
        for word in words {
            at += word.encode_utf16().count() as u32;
            places.push(at);
        }
        places
    };
    let old_places = places(&old);
    let mut changes: Vec<TextChange> = Vec::new();
    for op in capture_diff_slices_deadline(Algorithm::Myers, &old, &new, Some(Instant::now() + TIME)) {
        if matches!(op, DiffOp::Equal { .. }) {
            continue;
        }
        let (range, with) = (op.old_range(), op.new_range());
        let (from, to) = (old_places[range.start], old_places[range.end]);
        let insert = new[with].concat();
        match changes.last_mut().filter(|last| last.to == from) {
            Some(last) => {
                last.to = to;
                last.insert.push_str(&insert);
            }
            None => changes.push(TextChange { from, to, insert }),
        }
    }
    changes
}

/// A text in pieces that change as a whole: words, runs of blanks, and other characters each.
fn words(text: &str) -> Vec<&str> {
    let class = |c: char| match c {
        _ if c.is_alphanumeric() || c == '_' => 0,
        ' ' => 1,
        _ => 2,
    };
    let mut words = Vec::new();
    let mut from = 0;
    let mut last = None;
    for (at, c) in text.char_indices() {
        if last.is_some_and(|last| last != class(c) || last == 2) {
            words.push(&text[from..at]);
            from = at;
        }
        last = Some(class(c));
    }
    if from < text.len() {
        words.push(&text[from..]);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn applied(before: &str, changes: &[TextChange]) -> String {
        let mut units: Vec<u16> = before.encode_utf16().collect();
        for change in changes.iter().rev() {
            units.splice(change.from as usize..change.to as usize, change.insert.encode_utf16());
        }
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn only_what_differs_is_changed() {
        let before = "defmodule  A do\ndef f( x ),do: {:ok,\"grüße 🦀\" ,x}\nend";
        let after = "defmodule A do\n  def f(x), do: {:ok, \"grüße 🦀\", x}\nend\n";
        let changes = changes(before, after);
        assert_eq!(applied(before, &changes), after);
        let replaced: u32 = changes.iter().map(|change| change.to - change.from).sum();
        assert!(replaced < 10, "{changes:?}");
        assert!(changes.windows(2).all(|pair| pair[0].to < pair[1].from));
    }

    #[test]
    fn the_same_text_needs_no_change() {
        assert_eq!(changes("a\nb", "a\nb"), []);
        assert_eq!(changes("", ""), []);
        assert_eq!(applied("", &changes("", "x y")), "x y");
        assert_eq!(applied("x y", &changes("x y", "")), "");
    }
}
