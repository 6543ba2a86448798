//! Sets of register numbers.

/// A set of numbers below 1024. Almost all code uses the first 64 only.
#[derive(Clone, Debug, Default)]
pub(super) struct Registers {
    low: u64,
    high: Option<Box<[u64; 15]>>,
}

impl Registers {
    /// The registers below a number, which is at most 1024.
    pub(super) fn below(count: u32) -> Registers {
        let mut all = Registers { low: low_bits(count), high: None };
        if count > 64 {
            let mut high = Box::new([0; 15]);
            for (at, word) in high.iter_mut().enumerate() {
                *word = low_bits(count.saturating_sub(64 * (at as u32 + 1)));
            }
            all.high = Some(high);
        }
        all
    }

    pub(super) fn contains(&self, register: u32) -> bool {
        self.word(register as usize / 64) >> (register % 64) & 1 != 0
    }

    pub(super) fn insert(&mut self, register: u32) {
        if register < 64 {
            self.low |= 1 << register;
        } else if let Some(word) = self.high.get_or_insert_default().get_mut(register as usize / 64 - 1) {
            *word |= 1 << (register % 64);
        }
    }

    pub(super) fn remove(&mut self, register: u32) {
        if register < 64 {
            self.low &= !(1 << register);
        } else if let Some(word) = self.high.as_mut().and_then(|high| high.get_mut(register as usize / 64 - 1)) {
            *word &= !(1 << (register % 64));
        }
    }

    /// Removes everything.
    pub(super) fn clear(&mut self) {
        *self = Registers::default();
    }

    pub(super) fn is_empty(&self) -> bool {
        self.low == 0 && self.high.as_ref().is_none_or(|high| high.iter().all(|word| *word == 0))
    }

    /// The lowest register of the set.
    pub(super) fn first(&self) -> Option<u32> {
        (0..16).find(|at| self.word(*at) != 0).map(|at| at as u32 * 64 + self.word(at).trailing_zeros())
    }

    /// Whether each register below a number is in this set or in the other.
    pub(super) fn covers(&self, other: &Registers, count: u32) -> bool {
        (0..count.div_ceil(64)).all(|at| {
            let wanted = low_bits(count - 64 * at);
            (self.word(at as usize) | other.word(at as usize)) & wanted == wanted
        })
    }

    /// Whether all registers below a number are in the set.
    pub(super) fn has_below(&self, count: u32) -> bool {
        if count <= 64 {
            return self.low & low_bits(count) == low_bits(count);
        }
        self.covers(&Registers::default(), count)
    }

    /// Removes registers from a number on.
    pub(super) fn truncate(&mut self, count: u32) {
        self.low &= low_bits(count);
        if count <= 64 {
            self.high = None;
        } else if let Some(high) = &mut self.high {
            for (at, word) in high.iter_mut().enumerate() {
                *word &= low_bits(count.saturating_sub(64 * (at as u32 + 1)));
            }
        }
    }

    /// Removes registers that are not in the other set. Tells whether there were any.
    pub(super) fn intersect(&mut self, other: &Registers) -> bool {
        let mut changed = self.low & !other.low != 0;
        self.low &= other.low;
        if let Some(high) = &mut self.high {
            for (at, word) in high.iter_mut().enumerate() {
                let kept = *word & other.word(at + 1);
                changed |= kept != *word;
                *word = kept;
            }
        }
        changed
    }

    /// Removes the registers below a number and moves the others down.
    pub(super) fn shift(&mut self, by: u32) {
        if self.high.is_none() {
            self.low = self.low.checked_shr(by).unwrap_or(0);
            return;
        }
        let old = std::mem::take(self);
        (by..1024).filter(|n| old.contains(*n)).for_each(|n| self.insert(n - by));
    }

    fn word(&self, at: usize) -> u64 {
        match &self.high {
            _ if at == 0 => self.low,
            Some(high) => high.get(at - 1).copied().unwrap_or(0),
            None => 0,
        }
    }
}

impl PartialEq for Registers {
    fn eq(&self, other: &Registers) -> bool {
        let words = if self.high.is_none() && other.high.is_none() { 1 } else { 16 };
        (0..words).all(|at| self.word(at) == other.word(at))
    }
}

impl Eq for Registers {}

fn low_bits(count: u32) -> u64 {
    if count >= 64 { u64::MAX } else { (1 << count) - 1 }
}

#[cfg(test)]
mod tests {
    use super::Registers;

    #[test]
    fn sets_behave_as_sets() {
        for count in [0, 1, 63, 64, 65, 127, 128, 700, 1023, 1024] {
            let all = Registers::below(count);
            assert!(all.has_below(count) && !all.contains(count), "{count}");
            assert_eq!(all.first(), (count > 0).then_some(0));
            let mut set = Registers::default();
            (0..count).rev().for_each(|n| set.insert(n));
            assert_eq!(set, all, "{count}");
            assert_eq!(set.is_empty(), count == 0);
            for gone in [0, 62, 64, 900] {
                let mut one_less = all.clone();
                one_less.remove(gone);
                assert_eq!(one_less.has_below(count), gone >= count, "{count} without {gone}");
                assert_eq!(set.clone().intersect(&one_less), gone < count);
                assert!(one_less.covers(&all, count));
            }
            for by in [0, 1, 64, 100, 1023] {
                let mut shifted = all.clone();
                shifted.shift(by);
                assert_eq!(shifted, Registers::below(count.saturating_sub(by)), "{count} by {by}");
                let mut cut = all.clone();
                cut.truncate(by);
                assert_eq!(cut, Registers::below(count.min(by)), "{count} cut at {by}");
            }
        }
    }

    #[test]
    fn a_high_register_that_was_removed_leaves_no_trace() {
        let mut set = Registers::default();
        set.insert(900);
        set.remove(900);
        assert_eq!(set, Registers::default());
        assert_eq!(set.first(), None);
    }
}
