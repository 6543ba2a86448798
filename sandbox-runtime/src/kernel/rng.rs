//! Seeded randomness.

use std::hash::{Hash, Hasher};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};
use serde::{Deserialize, Serialize};

/// A stream of random numbers that its seed decides.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Place", into = "Place")]
pub struct Rng {
    seed: u64,
    stream: ChaCha8Rng,
}

/// How far a stream has been read: what is stored of it.
#[derive(Serialize, Deserialize)]
struct Place {
    seed: u64,
    words: u128,
}

impl From<Rng> for Place {
    fn from(rng: Rng) -> Self {
        Self { seed: rng.seed, words: rng.stream.get_word_pos() }
    }
}

impl From<Place> for Rng {
    fn from(place: Place) -> Self {
        let mut rng = Self::new(place.seed);
        rng.stream.set_word_pos(place.words);
        rng
    }
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, stream: ChaCha8Rng::seed_from_u64(seed) }
    }

    pub(crate) fn next(&mut self) -> u64 {
        self.stream.next_u64()
    }

    /// A number below `limit`; 0 when there is none. The bias for limits far below 2^64 is beyond notice.
    pub(crate) fn below(&mut self, limit: u64) -> u64 {
        self.next().checked_rem(limit).unwrap_or(0)
    }
}

impl Hash for Rng {
    fn hash<H: Hasher>(&self, state: &mut H) {
        (self.seed, self.stream.get_word_pos()).hash(state);
    }
}

impl super::Kernel {
    /// 64 random bits, for whatever in the sandbox wants a seed.
    pub fn random(&mut self) -> u64 {
        self.rng.next()
    }
}
