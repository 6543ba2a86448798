//! The numbers by which a sandbox names things.
//!
//! All of them are counters of one sandbox: the same program gives the same numbers in every run.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A local process of a sandbox. Numbers are never used again within a sandbox.
///
/// On the wire it is `<0.Id.Serial>` of node `nonode@nohost` with creation 0: the low 28 bits are the id, the rest is
/// the serial.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pid(pub u64);

impl Pid {
    const ID_BITS: u32 = 28;

    /// The process with these two numbers of a pid term.
    pub const fn from_parts(id: u32, serial: u32) -> Self {
        Self((id as u64 & ((1 << Self::ID_BITS) - 1)) | ((serial as u64) << Self::ID_BITS))
    }

    /// The 28-bit number that a pid term shows second.
    pub const fn id(self) -> u32 {
        (self.0 & ((1 << Self::ID_BITS) - 1)) as u32
    }

    /// The number that a pid term shows third.
    pub const fn serial(self) -> u32 {
        (self.0 >> Self::ID_BITS) as u32
    }
}

impl fmt::Display for Pid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "<0.{}.{}>", self.id(), self.serial())
    }
}

/// A local reference of a sandbox: the value of a counter.
///
/// As a term it has three words; the first holds 18 bits, as in Erlang/OTP.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ref(pub u64);

impl Ref {
    /// The three words of the reference term, in the order of the external term format.
    pub const fn words(self) -> [u32; 3] {
        [(self.0 & 0x3_ffff) as u32, (self.0 >> 18) as u32, (self.0 >> 50) as u32]
    }

    /// The counter value behind these words, or `None` when no counter of ours makes them.
    pub const fn from_words(words: [u32; 3]) -> Option<Self> {
        if words[0] > 0x3_ffff || words[2] >= 1 << 14 {
            return None;
        }
        Some(Self(words[0] as u64 | ((words[1] as u64) << 18) | ((words[2] as u64) << 50)))
    }
}

impl fmt::Display for Ref {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [low, middle, high] = self.words();
        write!(f, "#Ref<0.{high}.{middle}.{low}>")
    }
}

/// The position of an event in the log of a sandbox. The first one is 1, so 0 is free to mean "before everything".
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct EventSeq(pub u64);

impl fmt::Display for EventSeq {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "event-{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pid_survives_the_way_to_its_parts_and_back() {
        for number in [0, 1, (1 << 28) - 1, 1 << 28, (1 << 40) + 17] {
            let pid = Pid(number);
            assert_eq!(Pid::from_parts(pid.id(), pid.serial()), pid);
        }
        assert_eq!(Pid((1 << 28) + 5).to_string(), "<0.5.1>");
    }

    #[test]
    fn a_reference_survives_the_way_to_words_and_back() {
        for number in [0, 1, 0x3_ffff, 0x4_0000, u64::MAX] {
            assert_eq!(Ref::from_words(Ref(number).words()), Some(Ref(number)));
        }
        assert_eq!(Ref::from_words([0x4_0000, 0, 0]), None);
    }
}
