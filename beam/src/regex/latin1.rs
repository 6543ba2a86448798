//! Table: classes of bytes, and of characters below 256 in UTF-8, as OTP's ISO 8859-1 tables have them.

use super::set::Ranges;

/// `\d`
pub(super) const DIGIT: &[(u32, u32)] = &[(0x30, 0x39)];
/// `\s`
pub(super) const SPACE: &[(u32, u32)] = &[(9, 13), (0x20, 0x20)];
/// `\w`
pub(super) const WORD: &[(u32, u32)] = &[
    (0x30, 0x39),
    (0x41, 0x5a),
    (0x5f, 0x5f),
    (0x61, 0x7a),
    (0xaa, 0xaa),
    (0xb5, 0xb5),
    (0xba, 0xba),
    (0xc0, 0xd6),
    (0xd8, 0xf6),
    (0xf8, 0xff),
];
/// `\h`
pub(super) const HORIZONTAL: &[(u32, u32)] = &[
    (9, 9),
    (0x20, 0x20),
    (0xa0, 0xa0),
    (0x1680, 0x1680),
    (0x180e, 0x180e),
    (0x2000, 0x200a),
    (0x202f, 0x202f),
    (0x205f, 0x205f),
    (0x3000, 0x3000),
];
/// `\v`
pub(super) const VERTICAL: &[(u32, u32)] = &[(10, 13), (0x85, 0x85), (0x2028, 0x2029)];

const LOWER: &[(u32, u32)] = &[(0x61, 0x7a), (0xaa, 0xaa), (0xb5, 0xb5), (0xba, 0xba), (0xdf, 0xf6), (0xf8, 0xff)];
const UPPER: &[(u32, u32)] = &[(0x41, 0x5a), (0xc0, 0xd6), (0xd8, 0xde)];
const ALPHA: &[(u32, u32)] =
    &[(0x41, 0x5a), (0x61, 0x7a), (0xaa, 0xaa), (0xb5, 0xb5), (0xba, 0xba), (0xc0, 0xd6), (0xd8, 0xf6), (0xf8, 0xff)];
const ALNUM: &[(u32, u32)] = &[
    (0x30, 0x39),
    (0x41, 0x5a),
    (0x61, 0x7a),
    (0xaa, 0xaa),
    (0xb5, 0xb5),
    (0xba, 0xba),
    (0xc0, 0xd6),
    (0xd8, 0xf6),
    (0xf8, 0xff),
];
const PUNCT: &[(u32, u32)] = &[
    (0x21, 0x2f),
    (0x3a, 0x40),
    (0x5b, 0x60),
    (0x7b, 0x7e),
    (0xa0, 0xa9),
    (0xab, 0xb4),
    (0xb6, 0xb9),
    (0xbb, 0xbf),
    (0xd7, 0xd7),
    (0xf7, 0xf7),
];

/// POSIX classes by name, in the order in which `re` numbers them; the first three are one where case does not count.
pub(super) const POSIX: &[(&str, &[(u32, u32)])] = &[
    ("alpha", ALPHA),
    ("lower", LOWER),
    ("upper", UPPER),
    ("alnum", ALNUM),
    ("ascii", &[(0, 0xff)]),
    ("blank", &[(9, 9), (0x20, 0x20)]),
    ("cntrl", &[(0, 0x1f), (0x7f, 0x9f)]),
    ("digit", DIGIT),
    ("graph", &[(0x21, 0x7e), (0xa0, 0xff)]),
    ("print", &[(0x20, 0x7e), (0xa0, 0xff)]),
    ("punct", PUNCT),
    ("space", SPACE),
    ("word", WORD),
    ("xdigit", &[(0x30, 0x39), (0x41, 0x46), (0x61, 0x66)]),
];

/// Whether a byte is a letter, digit or underscore, as names of groups may have them.
pub(super) fn is_word(c: u8) -> bool {
    WORD.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
}

/// Whether a byte is a letter.
pub(super) fn is_letter(c: u8) -> bool {
    ALPHA.iter().any(|(first, last)| (*first..=*last).contains(&u32::from(c)))
}

/// The other case of a byte, or the byte itself.
pub(super) fn other_case(c: u8) -> u8 {
    match c {
        b'A'..=b'Z' | 0xc0..=0xd6 | 0xd8..=0xde => c + 0x20,
        b'a'..=b'z' | 0xe0..=0xf6 | 0xf8..=0xfe => c - 0x20,
        _ => c,
    }
}

/// Adds to a set of bytes those that differ from one of it in case only.
pub(super) fn fold(ranges: &mut Ranges) {
    let set = ranges.clone().normal();
    for c in (0..=0xff).filter(|c| set.contains(u32::from(*c))) {
        let other = u32::from(other_case(c));
        ranges.add(other, other);
    }
}
