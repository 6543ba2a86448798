//! Characters of the subject: forwards, backwards, newlines, clusters.

use std::ops::Range;

use crate::regex::latin1;
use crate::regex::options::Newline;
use crate::regex::parse::newline_at;
use crate::regex::program::{Program, Single};
use crate::regex::unicode;

/// The subject, and what ends its lines.
pub(super) struct Text<'a> {
    /// Valid UTF-8 where the pattern asks for it.
    pub(super) bytes: &'a [u8],
    pub(super) newline: Newline,
}

/// The character at a position of UTF-8 and its length; there must be one.
#[inline]
pub(super) fn decode(bytes: &[u8], position: usize) -> (u32, usize) {
    let byte = |i: usize| u32::from(bytes.get(position + i).copied().unwrap_or(0));
    let first = byte(0);
    let (c, length) = match first {
        0..0x80 => (first, 1),
        0x80..0xe0 => ((first & 0x1f) << 6 | byte(1) & 0x3f, 2),
        0xe0..0xf0 => ((first & 0xf) << 12 | (byte(1) & 0x3f) << 6 | byte(2) & 0x3f, 3),
        _ => ((first & 7) << 18 | (byte(1) & 0x3f) << 12 | (byte(2) & 0x3f) << 6 | byte(3) & 0x3f, 4),
    };
    // `re:internal_run/4` can be told that a subject is valid, and it may not be.
    (c, length.min(bytes.len() - position))
}

impl Text<'_> {
    /// The character at a position, and its length.
    #[inline]
    pub(super) fn character<const UTF: bool>(&self, position: usize) -> Option<(u32, usize)> {
        let first = *self.bytes.get(position)?;
        Some(if UTF && first >= 0x80 { decode(self.bytes, position) } else { (u32::from(first), 1) })
    }

    /// Length of the character at a position, if it is one that is asked for.
    #[inline]
    pub(super) fn one<const UTF: bool>(&self, program: &Program, single: Single, position: usize) -> Option<usize> {
        let first = *self.bytes.get(position)?;
        match single {
            Single::Byte(byte) => (first == byte).then_some(1),
            Single::Char(start, length) => {
                let literal = &program.literals[start as usize..start as usize + usize::from(length)];
                self.bytes[position..].starts_with(literal).then_some(usize::from(length))
            }
            Single::Set(set) => {
                let set = &program.sets[set as usize];
                if UTF && first >= 0x80 {
                    let (c, length) = decode(self.bytes, position);
                    return set.has(c).then_some(length);
                }
                set.has_byte(first).then_some(1)
            }
            Single::Any { newlines } => {
                if !newlines && self.is_newline::<UTF>(first, position) {
                    return None;
                }
                Some(if UTF && first >= 0x80 { decode(self.bytes, position).1 } else { 1 })
            }
            Single::Raw => Some(1),
        }
    }

    /// Whether a newline begins at a position with this byte.
    #[inline]
    fn is_newline<const UTF: bool>(&self, first: u8, position: usize) -> bool {
        if self.newline == Newline::Lf {
            return first == b'\n';
        }
        newline_at(self.newline, UTF, &self.bytes[position..]).is_some()
    }

    /// The position a number of characters back.
    pub(super) fn back<const UTF: bool>(&self, position: usize, count: u32) -> Option<usize> {
        if !UTF {
            return position.checked_sub(count as usize);
        }
        let mut position = position;
        for _ in 0..count {
            position = position.checked_sub(1)?;
            while position > 0 && self.bytes[position] & 0xc0 == 0x80 {
                position -= 1;
            }
        }
        Some(position)
    }

    /// Whether a newline ends at a position that is not the start.
    pub(super) fn is_behind_newline<const UTF: bool>(&self, position: usize, kind: Newline) -> bool {
        let ends = |length: usize| {
            let start = position.checked_sub(length);
            start.is_some_and(|start| newline_at(kind, UTF, &self.bytes[start..]) == Some(length))
        };
        // A LF behind a CR ends the newline that the CR began.
        ends(2) || ends(3) || ends(1) || (kind.has_crlf() && kind != Newline::Crlf && self.bytes[position - 1] == b'\n')
    }

    /// Whether a character of words begins at a position.
    pub(super) fn is_word<const UTF: bool>(&self, program: &Program, position: usize) -> bool {
        self.character::<UTF>(position).is_some_and(|(c, _)| program.words.has(c))
    }

    /// Length of what `\R` matches at a position.
    pub(super) fn newline_sequence<const UTF: bool>(&self, position: usize, anycrlf: bool) -> Option<usize> {
        let kind = if anycrlf { Newline::AnyCrlf } else { Newline::Any };
        newline_at(kind, UTF, &self.bytes[position..])
    }

    /// Length of the extended grapheme cluster at a position.
    pub(super) fn cluster<const UTF: bool>(&self, program: &Program, position: usize) -> Option<usize> {
        let (mut last, length) = self.character::<UTF>(position)?;
        let mut end = position + length;
        let Some(clusters) = &program.clusters else { return Some(length) };
        while let Some((c, length)) = self.character::<UTF>(end) {
            if !clusters.joins(last, c) {
                break;
            }
            last = c;
            end += length;
        }
        Some(end - position)
    }

    /// Length of a repetition at a position of an earlier part of the subject.
    pub(super) fn repeat_of<const UTF: bool>(
        &self,
        _program: &Program,
        part: Range<usize>,
        position: usize,
        fold: bool,
    ) -> Option<usize> {
        if !fold {
            return self.bytes[position..].starts_with(&self.bytes[part.clone()]).then_some(part.len());
        }
        let mut end = position;
        let mut at = part.start;
        while at < part.end {
            let (a, a_length) = self.character::<UTF>(at)?;
            let (b, b_length) = self.character::<UTF>(end)?;
            let same = a == b
                || match (u8::try_from(a), UTF && (a > 0x7f || b > 0x7f)) {
                    (Ok(a), false) => u32::from(latin1::other_case(a)) == b,
                    _ => unicode::case_variants(a).contains(&b),
                };
            if !same {
                return None;
            }
            at += a_length;
            end += b_length;
        }
        Some(end - position)
    }
}
