//! One character in UTF-8, UTF-16 or UTF-32, as segments and the `unicode` module have it.
//!
//! Only Unicode scalar values are encoded and decoded: no surrogates, nothing above 16#10FFFF, no overlong forms.

use crate::term::Bits;

/// Whether a number is a Unicode scalar value.
pub const fn is_scalar(value: i64) -> bool {
    matches!(value, 0..=0xd7ff | 0xe000..=0x10_ffff)
}

/// The character of a number.
pub fn scalar(value: i64) -> Option<char> {
    u32::try_from(value).ok().and_then(char::from_u32)
}

/// What the beginning of some UTF-8 text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decoded {
    /// A character and the number of its bytes.
    Char(char, usize),
    /// The beginning of a character that is cut off.
    Incomplete,
    /// No character.
    Invalid,
}

/// The character at the beginning of UTF-8 text of at least one byte.
pub fn decode_utf8(text: &[u8]) -> Decoded {
    let Some(&first) = text.first() else { return Decoded::Incomplete };
    if first < 0x80 {
        return Decoded::Char(char::from(first), 1);
    }
    let size = match first {
        0xc2..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xf4 => 4,
        _ => return Decoded::Invalid,
    };
    let found = &text[..size.min(text.len())];
    match std::str::from_utf8(found) {
        Ok(text) => text.chars().next().map_or(Decoded::Invalid, |c| Decoded::Char(c, size)),
        Err(error) if error.error_len().is_none() => Decoded::Incomplete,
        Err(_) => Decoded::Invalid,
    }
}

/// The character that a bitstring begins with in UTF-8, and its size in bits.
pub fn read_utf8(bits: Bits<'_>) -> Option<(char, usize)> {
    let size = bits.len.min(32) / 8;
    let bytes = (bits.read(0, 8 * size) << (8 * (4 - size))) as u32;
    match decode_utf8(&bytes.to_be_bytes()[..size]) {
        Decoded::Char(c, bytes) => Some((c, 8 * bytes)),
        _ => None,
    }
}

/// The character that a bitstring begins with in UTF-16, and its size in bits.
pub fn read_utf16(bits: Bits<'_>, little: bool) -> Option<(char, usize)> {
    let unit = |at| {
        let value = bits.read(at, 16) as u16;
        u32::from(if little { value.swap_bytes() } else { value })
    };
    if bits.len < 16 {
        return None;
    }
    let high = unit(0);
    if !(0xd800..0xdc00).contains(&high) {
        return char::from_u32(high).map(|c| (c, 16));
    }
    let low = if bits.len < 32 { return None } else { unit(16) };
    if !(0xdc00..0xe000).contains(&low) {
        return None;
    }
    char::from_u32(0x1_0000 + ((high & 0x3ff) << 10 | low & 0x3ff)).map(|c| (c, 32))
}

/// The character that a bitstring begins with in UTF-32, and its size in bits.
pub fn read_utf32(bits: Bits<'_>, little: bool) -> Option<(char, usize)> {
    let value = if bits.len < 32 { return None } else { bits.read(0, 32) as u32 };
    char::from_u32(if little { value.swap_bytes() } else { value }).map(|c| (c, 32))
}

/// The bytes of a character in UTF-16, and how many of them there are.
pub fn encode_utf16(c: char, little: bool) -> ([u8; 4], usize) {
    let mut units = [0; 2];
    let count = c.encode_utf16(&mut units).len();
    let bytes = |unit: u16| if little { unit.to_le_bytes() } else { unit.to_be_bytes() };
    let ([a, b], [c, d]) = (bytes(units[0]), bytes(units[1]));
    ([a, b, c, d], 2 * count)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn utf8_is_taken_as_erlang_takes_it() {
        let cases: &[(&[u8], Decoded)] = &[
            (&[1], Decoded::Char('\u{1}', 1)),
            (&[128], Decoded::Invalid),
            (&[192, 128], Decoded::Invalid),
            (&[193, 191], Decoded::Invalid),
            (&[194, 128], Decoded::Char('\u{80}', 2)),
            (&[224, 128, 128], Decoded::Invalid),
            (&[224, 160, 128], Decoded::Char('\u{800}', 3)),
            (&[237, 160, 128], Decoded::Invalid),
            (&[237, 159, 191], Decoded::Char('\u{d7ff}', 3)),
            (&[239, 191, 191], Decoded::Char('\u{ffff}', 3)),
            (&[240, 128, 128, 128], Decoded::Invalid),
            (&[240, 144, 128, 128], Decoded::Char('\u{10000}', 4)),
            (&[244, 143, 191, 191], Decoded::Char('\u{10ffff}', 4)),
            (&[244, 144, 128, 128], Decoded::Invalid),
            (&[245, 128, 128, 128], Decoded::Invalid),
            (&[248, 136, 128, 128, 128], Decoded::Invalid),
            (&[194], Decoded::Incomplete),
            (&[240, 144], Decoded::Incomplete),
            (&[240, 128], Decoded::Invalid),
            (&[237, 160], Decoded::Invalid),
            (&[194, 1], Decoded::Invalid),
            (&[65, 200], Decoded::Char('A', 1)),
        ];
        for (bytes, expected) in cases {
            assert_eq!(decode_utf8(bytes), *expected, "{bytes:?}");
            let read = read_utf8(Bits::of(bytes));
            let char = if let Decoded::Char(c, n) = expected { Some((*c, n * 8)) } else { None };
            assert_eq!(read, char, "{bytes:?}");
        }
    }

    #[test]
    fn utf16_and_utf32_are_taken_as_erlang_takes_them() {
        let big = |bytes: &[u8]| read_utf16(Bits::of(bytes), false).map(|(c, n)| (c as u32, n));
        assert_eq!(big(&[]), None);
        assert_eq!(big(&[1]), None);
        assert_eq!(big(&[0, 65]), Some((65, 16)));
        assert_eq!(big(&[0xd8, 0]), None);
        assert_eq!(big(&[0xd8, 0, 0xdc, 0]), Some((0x10000, 32)));
        assert_eq!(big(&[0xdc, 0, 1, 1]), None);
        assert_eq!(big(&[0xd8, 0, 0xdb, 0]), None);
        assert_eq!(big(&[0xdb, 0xff, 0xdf, 0xff]), Some((0x10_ffff, 32)));
        assert_eq!(big(&[0xff, 0xfe]), Some((0xfffe, 16)));
        assert_eq!(read_utf16(Bits::of(&[0, 0xd8, 0, 0xdc]), true), Some(('\u{10000}', 32)));
        assert_eq!(encode_utf16('\u{10ffff}', true), ([0xff, 0xdb, 0xff, 0xdf], 4));
        let wide = |bytes: &[u8]| read_utf32(Bits::of(bytes), false).map(|(c, _)| c as u32);
        assert_eq!(wide(&[0, 0, 65]), None);
        assert_eq!(wide(&[0, 0, 0, 65]), Some(65));
        assert_eq!(wide(&[0, 0, 0xd8, 0]), None);
        assert_eq!(wide(&[0, 17, 0, 0]), None);
        assert_eq!(wide(&[0, 16, 255, 255]), Some(0x10_ffff));
    }
}
