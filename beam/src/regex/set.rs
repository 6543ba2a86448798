//! Sets of characters: while a pattern is read as ranges, in a program as a bitmap and the ranges above it.

/// Largest character of a byte string, and of UTF-8.
pub(super) const fn max_char(utf: bool) -> u32 {
    if utf { 0x10ffff } else { 0xff }
}

/// A set as ranges, first and last character each; sorted and apart once it is [`Ranges::normal`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Ranges(pub(super) Vec<(u32, u32)>);

impl Ranges {
    pub(super) fn of(ranges: &[(u32, u32)]) -> Ranges {
        Ranges(ranges.to_vec())
    }
    pub(super) fn add(&mut self, first: u32, last: u32) {
        self.0.push((first, last));
    }
    pub(super) fn extend(&mut self, other: &Ranges) {
        self.0.extend_from_slice(&other.0);
    }
    /// The same set with its ranges in order and none touching another.
    pub(super) fn normal(mut self) -> Ranges {
        self.0.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(self.0.len());
        for (first, last) in self.0 {
            match merged.last_mut() {
                Some(before) if first <= before.1.saturating_add(1) => before.1 = before.1.max(last),
                _ => merged.push((first, last)),
            }
        }
        Ranges(merged)
    }
    /// All characters up to `max` that are not in it.
    pub(super) fn complement(self, max: u32) -> Ranges {
        let mut out = Vec::new();
        let mut next = 0;
        for (first, last) in self.normal().0 {
            if first > next {
                out.push((next, first - 1));
            }
            next = next.max(last.saturating_add(1));
        }
        if next <= max {
            out.push((next, max));
        }
        Ranges(out)
    }
    /// What is in both; both must be normal.
    pub(super) fn intersection(&self, other: &Ranges) -> Ranges {
        let (mut i, mut j) = (0, 0);
        let mut out = Vec::new();
        while let (Some(a), Some(b)) = (self.0.get(i), other.0.get(j)) {
            let (first, last) = (a.0.max(b.0), a.1.min(b.1));
            if first <= last {
                out.push((first, last));
            }
            if a.1 < b.1 {
                i += 1;
            } else {
                j += 1;
            }
        }
        Ranges(out)
    }
    /// Whether a character is in it; it must be normal.
    pub(super) fn contains(&self, c: u32) -> bool {
        let after = self.0.partition_point(|(first, _)| *first <= c);
        after > 0 && c <= self.0[after - 1].1
    }
}

/// A set to match with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CharSet {
    /// Characters below 256.
    low: [u64; 4],
    /// Ranges of those above, in order.
    high: Box<[(u32, u32)]>,
}

impl CharSet {
    pub(super) fn new(ranges: Ranges) -> CharSet {
        let ranges = ranges.normal();
        let mut low = [0; 4];
        for c in 0..256 {
            if ranges.contains(c) {
                low[c as usize / 64] |= 1 << (c % 64);
            }
        }
        let high = ranges.0.iter().filter(|(_, last)| *last > 0xff).map(|(first, last)| ((*first).max(0x100), *last));
        CharSet { low, high: high.collect() }
    }
    #[inline]
    pub(super) fn has_byte(&self, c: u8) -> bool {
        self.low[usize::from(c) / 64] >> (c % 64) & 1 != 0
    }
    #[inline]
    pub(super) fn has(&self, c: u32) -> bool {
        if c < 256 {
            return self.has_byte(c as u8);
        }
        let after = self.high.partition_point(|(first, _)| *first <= c);
        after > 0 && c <= self.high[after - 1].1
    }
    /// Whether it has a character above 255.
    pub(super) fn has_high(&self) -> bool {
        !self.high.is_empty()
    }
    /// Whether no character is in both.
    pub(super) fn is_disjoint(&self, other: &CharSet) -> bool {
        let low = self.low.iter().zip(&other.low).all(|(a, b)| a & b == 0);
        low && Ranges(self.high.to_vec()).intersection(&Ranges(other.high.to_vec())).0.is_empty()
    }
}
