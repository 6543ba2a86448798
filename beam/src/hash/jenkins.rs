//! Bob Jenkins' mixing function (lookup2, 1996), the base of `phash2`.

/// The golden ratio.
pub(super) const GOLDEN: u32 = 0x9e37_79b9;

/// The constant that a kind of term is mixed with: a multiple of the golden ratio.
pub(super) const fn constant(n: u32) -> u32 {
    GOLDEN.wrapping_mul(n)
}

fn mix(mut a: u32, mut b: u32, mut c: u32) -> (u32, u32, u32) {
    let round = |x: u32, y: u32, z: u32| x.wrapping_sub(y).wrapping_sub(z);
    a = round(a, b, c) ^ c >> 13;
    b = round(b, c, a) ^ a << 8;
    c = round(c, a, b) ^ b >> 13;
    a = round(a, b, c) ^ c >> 12;
    b = round(b, c, a) ^ a << 16;
    c = round(c, a, b) ^ b >> 5;
    a = round(a, b, c) ^ c >> 3;
    b = round(b, c, a) ^ a << 10;
    c = round(c, a, b) ^ b >> 15;
    (a, b, c)
}

/// Mixes two words into a hash.
pub(super) fn pair(hash: u32, x: u32, y: u32, constant: u32) -> u32 {
    mix(constant.wrapping_add(x), constant.wrapping_add(y), hash).2
}

/// Mixes one word into a hash.
pub(super) fn word(hash: u32, x: u32, constant: u32) -> u32 {
    pair(hash, x, 0, constant)
}

/// Hash of some bytes after an earlier hash.
pub(super) fn block(bytes: &[u8], hash: u32) -> u32 {
    let (mut a, mut b, mut c) = (GOLDEN, GOLDEN, hash);
    let word = |bytes: &[u8]| bytes.iter().rev().fold(0u32, |w, b| w << 8 | u32::from(*b));
    let part = |bytes: &[u8], from: usize, to: usize| word(&bytes[from.min(bytes.len())..to.min(bytes.len())]);
    let mut chunks = bytes.chunks_exact(12);
    for chunk in chunks.by_ref() {
        a = a.wrapping_add(part(chunk, 0, 4));
        b = b.wrapping_add(part(chunk, 4, 8));
        c = c.wrapping_add(part(chunk, 8, 12));
        (a, b, c) = mix(a, b, c);
    }
    let rest = chunks.remainder();
    a = a.wrapping_add(part(rest, 0, 4));
    b = b.wrapping_add(part(rest, 4, 8));
    // The lowest byte of the last word is that of the length.
    c = c.wrapping_add(bytes.len() as u32).wrapping_add(part(rest, 8, 12) << 8);
    mix(a, b, c).2
}
