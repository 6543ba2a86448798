//! Hash algorithms by their names in OTP, and their states as bytes.
//!
//! A state under way is a value like any other: it is kept as a binary, so it is collected with the heap, can be copied
//! and sent, and lies in snapshots. Where a library cannot write its state down, the data so far is kept instead.

use std::marker::PhantomData;

use blake2::{Blake2b512, Blake2s256};
use digest::common::hazmat::{SerializableState, SerializedState};
use digest::{Digest, ExtendableOutput};

/// How a hash is made.
trait Hasher: Sized {
    /// Begins with a state; the empty one is new.
    fn resume(state: &[u8]) -> Option<Self>;
    /// Adds data.
    fn update(&mut self, data: &[u8]);
    /// The digest.
    fn finish(self) -> Vec<u8>;
    /// So many bytes of output, where the algorithm gives as many as one likes.
    fn finish_long(self, _size: usize) -> Option<Vec<u8>> {
        None
    }
    /// Its state, for [`Hasher::resume`].
    fn state(&self) -> Vec<u8>;
}

/// A hash algorithm.
pub(crate) struct Algorithm {
    /// Its name in OTP.
    pub(crate) name: &'static str,
    /// Bytes of the digest, 0 if one asks for the number.
    pub(crate) size: usize,
    /// Bytes that it takes at a time.
    pub(crate) block: usize,
    /// Its number in OpenSSL, which `crypto:hash_info/1` tells.
    pub(crate) number: i64,
    kind: Kind,
}

/// Makes the table, and what tells its algorithms from one another. Functions are called by name and not through pointers: the engine
/// keeps something for every function that a pointer leads to, in every process.
macro_rules! algorithms {
    ($($kind:ident: $name:literal, $size:literal, $block:literal, $number:literal, $hasher:ty;)*) => {
        #[derive(Clone, Copy)]
        enum Kind {
            $($kind),*
        }

        /// A hash under way.
        pub(crate) enum Hash {
            $($kind($hasher)),*
        }

        /// All algorithms, in the order of `crypto:supports(hashs)`.
        pub(crate) const ALGORITHMS: &[Algorithm] = &[
            $(Algorithm { name: $name, size: $size, block: $block, number: $number, kind: Kind::$kind }),*
        ];

        impl Hash {
            fn resume(kind: Kind, state: &[u8]) -> Option<Hash> {
                Some(match kind {
                    $(Kind::$kind => Hash::$kind(<$hasher>::resume(state)?)),*
                })
            }
            /// Adds data.
            pub(crate) fn update(&mut self, data: &[u8]) {
                match self {
                    $(Hash::$kind(hasher) => hasher.update(data)),*
                }
            }
            /// The digest.
            pub(crate) fn finish(self) -> Vec<u8> {
                match self {
                    $(Hash::$kind(hasher) => hasher.finish()),*
                }
            }
            /// So many bytes of output, where the algorithm gives as many as one likes.
            pub(crate) fn finish_long(self, size: usize) -> Option<Vec<u8>> {
                match self {
                    $(Hash::$kind(hasher) => hasher.finish_long(size)),*
                }
            }
            /// Its state, for [`Algorithm::resume`].
            pub(crate) fn state(&self) -> Vec<u8> {
                match self {
                    $(Hash::$kind(hasher) => hasher.state()),*
                }
            }
        }
    };
}

algorithms! {
    Blake2s: "blake2s", 32, 64, 1057, Replay<Blake2s256>;
    Blake2b: "blake2b", 64, 128, 1056, Replay<Blake2b512>;
    Sm3: "sm3", 32, 64, 1143, Saved<sm3::Sm3>;
    Shake256: "shake256", 0, 136, 1101, Long<shake::Shake256>;
    Shake128: "shake128", 0, 168, 1100, Long<shake::Shake128>;
    Sha3_512: "sha3_512", 64, 72, 1099, Saved<sha3::Sha3_512>;
    Sha3_384: "sha3_384", 48, 104, 1098, Saved<sha3::Sha3_384>;
    Sha3_256: "sha3_256", 32, 136, 1097, Saved<sha3::Sha3_256>;
    Sha3_224: "sha3_224", 28, 144, 1096, Saved<sha3::Sha3_224>;
    Sha512: "sha512", 64, 128, 674, Saved<sha2::Sha512>;
    Sha384: "sha384", 48, 128, 673, Saved<sha2::Sha384>;
    Sha256: "sha256", 32, 64, 672, Saved<sha2::Sha256>;
    Sha224: "sha224", 28, 64, 675, Saved<sha2::Sha224>;
    Sha: "sha", 20, 64, 64, Saved<sha1::Sha1>;
    Ripemd160: "ripemd160", 20, 64, 117, Saved<ripemd::Ripemd160>;
    Md5: "md5", 16, 64, 4, Saved<md5::Md5>;
    Md4: "md4", 16, 64, 257, Saved<md4::Md4>;
}

impl Algorithm {
    /// The algorithm of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Algorithm> {
        ALGORITHMS.iter().find(|a| a.name == name)
    }
    /// Begins a hash.
    pub(crate) fn begin(&self) -> Hash {
        self.resume(&[]).expect("the empty state is that of a new hash")
    }
    /// Begins with a state; the empty one is new.
    pub(crate) fn resume(&self, state: &[u8]) -> Option<Hash> {
        Hash::resume(self.kind, state)
    }
    /// The digest of some data.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut hash = self.begin();
        parts.iter().for_each(|part| hash.update(part));
        hash.finish()
    }
}

/// The state of a hash as bytes.
pub(crate) fn save<D: SerializableState>(hash: &D) -> Vec<u8> {
    hash.serialize().to_vec()
}

/// A hash of the bytes that [`save`] gave.
pub(crate) fn load<D: SerializableState>(state: &[u8]) -> Option<D> {
    let state: &SerializedState<D> = state.try_into().ok()?;
    D::deserialize(state).ok()
}

/// A hash whose library can write its state down.
pub(crate) struct Saved<D>(D);

impl<D: Digest + SerializableState> Hasher for Saved<D> {
    fn resume(state: &[u8]) -> Option<Self> {
        Some(Saved(if state.is_empty() { D::new() } else { load(state)? }))
    }
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn finish(self) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
    fn state(&self) -> Vec<u8> {
        save(&self.0)
    }
}

/// A hash whose state is all its data.
pub(crate) struct Replay<D>(Vec<u8>, PhantomData<D>);

impl<D: Digest> Hasher for Replay<D> {
    fn resume(state: &[u8]) -> Option<Self> {
        Some(Replay(state.to_vec(), PhantomData))
    }
    fn update(&mut self, data: &[u8]) {
        self.0.extend_from_slice(data);
    }
    fn finish(self) -> Vec<u8> {
        D::digest(self.0).to_vec()
    }
    fn state(&self) -> Vec<u8> {
        self.0.clone()
    }
}

/// The same where one asks for as many bytes as one likes.
pub(crate) struct Long<D>(Vec<u8>, PhantomData<D>);

impl<D: ExtendableOutput + Default + digest::Update + 'static> Hasher for Long<D> {
    fn resume(state: &[u8]) -> Option<Self> {
        Some(Long(state.to_vec(), PhantomData))
    }
    fn update(&mut self, data: &[u8]) {
        self.0.extend_from_slice(data);
    }
    /// Without a size OpenSSL gives as many bytes as the algorithm's name has bits of strength.
    fn finish(self) -> Vec<u8> {
        let is_128 = std::any::TypeId::of::<D>() == std::any::TypeId::of::<shake::Shake128>();
        self.finish_long(if is_128 { 16 } else { 32 }).unwrap_or_default()
    }
    fn finish_long(self, size: usize) -> Option<Vec<u8>> {
        let mut hash = D::default();
        hash.update(&self.0);
        let mut out = vec![0; size];
        hash.finalize_xof_into(&mut out);
        Some(out)
    }
    fn state(&self) -> Vec<u8> {
        self.0.clone()
    }
}
