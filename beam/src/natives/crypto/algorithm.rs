//! Hash algorithms by their names in OTP, and their states as bytes.
//!
//! A state under way is a value like any other: it is kept as a binary, so it is collected with the heap, can be copied
//! and sent, and lies in snapshots. Where a library cannot write its state down, the data so far is kept instead.

use blake2::{Blake2b512, Blake2s256};
use digest::common::hazmat::{SerializableState, SerializedState};
use digest::{Digest, ExtendableOutput};

/// A hash under way.
pub(crate) trait Hasher {
    /// Adds data.
    fn update(&mut self, data: &[u8]);
    /// The digest.
    fn finish(self: Box<Self>) -> Vec<u8>;
    /// So many bytes of output, where the algorithm gives as many as one likes.
    fn finish_long(self: Box<Self>, size: usize) -> Option<Vec<u8>>;
    /// Its state, for [`Algorithm::resume`].
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
    /// Begins with a state; the empty one is new.
    pub(crate) resume: fn(&[u8]) -> Option<Box<dyn Hasher>>,
}

const fn row(
    name: &'static str,
    size: usize,
    block: usize,
    number: i64,
    resume: fn(&[u8]) -> Option<Box<dyn Hasher>>,
) -> Algorithm {
    Algorithm { name, size, block, number, resume }
}

/// All algorithms, in the order of `crypto:supports(hashs)`.
pub(crate) const ALGORITHMS: &[Algorithm] = &[
    row("blake2s", 32, 64, 1057, replay::<Blake2s256>),
    row("blake2b", 64, 128, 1056, replay::<Blake2b512>),
    row("sm3", 32, 64, 1143, saved::<sm3::Sm3>),
    row("shake256", 0, 136, 1101, long::<shake::Shake256>),
    row("shake128", 0, 168, 1100, long::<shake::Shake128>),
    row("sha3_512", 64, 72, 1099, saved::<sha3::Sha3_512>),
    row("sha3_384", 48, 104, 1098, saved::<sha3::Sha3_384>),
    row("sha3_256", 32, 136, 1097, saved::<sha3::Sha3_256>),
    row("sha3_224", 28, 144, 1096, saved::<sha3::Sha3_224>),
    row("sha512", 64, 128, 674, saved::<sha2::Sha512>),
    row("sha384", 48, 128, 673, saved::<sha2::Sha384>),
    row("sha256", 32, 64, 672, saved::<sha2::Sha256>),
    row("sha224", 28, 64, 675, saved::<sha2::Sha224>),
    row("sha", 20, 64, 64, saved::<sha1::Sha1>),
    row("ripemd160", 20, 64, 117, saved::<ripemd::Ripemd160>),
    row("md5", 16, 64, 4, saved::<md5::Md5>),
    row("md4", 16, 64, 257, saved::<md4::Md4>),
];

impl Algorithm {
    /// The algorithm of a name.
    pub(crate) fn named(name: &str) -> Option<&'static Algorithm> {
        ALGORITHMS.iter().find(|a| a.name == name)
    }
    /// Begins a hash.
    pub(crate) fn begin(&self) -> Box<dyn Hasher> {
        (self.resume)(&[]).expect("the empty state is that of a new hash")
    }
    /// The digest of some data.
    pub(crate) fn digest(&self, parts: &[&[u8]]) -> Vec<u8> {
        let mut hasher = self.begin();
        parts.iter().for_each(|part| hasher.update(part));
        hasher.finish()
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
struct Saved<D>(D);

impl<D: Digest + SerializableState> Hasher for Saved<D> {
    fn update(&mut self, data: &[u8]) {
        self.0.update(data);
    }
    fn finish(self: Box<Self>) -> Vec<u8> {
        self.0.finalize().to_vec()
    }
    fn finish_long(self: Box<Self>, _size: usize) -> Option<Vec<u8>> {
        None
    }
    fn state(&self) -> Vec<u8> {
        save(&self.0)
    }
}

fn saved<D: Digest + SerializableState + 'static>(state: &[u8]) -> Option<Box<dyn Hasher>> {
    let hash = if state.is_empty() { D::new() } else { load(state)? };
    Some(Box::new(Saved(hash)))
}

/// A hash whose state is all its data.
struct Replay<D> {
    data: Vec<u8>,
    finish: fn(&[u8], Option<usize>) -> Option<Vec<u8>>,
    algorithm: std::marker::PhantomData<D>,
}

impl<D> Hasher for Replay<D> {
    fn update(&mut self, data: &[u8]) {
        self.data.extend_from_slice(data);
    }
    fn finish(self: Box<Self>) -> Vec<u8> {
        (self.finish)(&self.data, None).unwrap_or_default()
    }
    fn finish_long(self: Box<Self>, size: usize) -> Option<Vec<u8>> {
        (self.finish)(&self.data, Some(size))
    }
    fn state(&self) -> Vec<u8> {
        self.data.clone()
    }
}

fn replay<D: Digest + 'static>(state: &[u8]) -> Option<Box<dyn Hasher>> {
    let finish = |data: &[u8], size: Option<usize>| size.is_none().then(|| D::digest(data).to_vec());
    Some(Box::new(Replay::<D> { data: state.to_vec(), finish, algorithm: std::marker::PhantomData }))
}

fn long<D: ExtendableOutput + Default + digest::Update + 'static>(state: &[u8]) -> Option<Box<dyn Hasher>> {
    let finish = |data: &[u8], size: Option<usize>| {
        // Without a size OpenSSL gives as many bytes as the algorithm's name has bits of strength.
        let default = if std::any::TypeId::of::<D>() == std::any::TypeId::of::<shake::Shake128>() { 16 } else { 32 };
        let mut hash = D::default();
        hash.update(data);
        let mut out = vec![0; size.unwrap_or(default)];
        hash.finalize_xof_into(&mut out);
        Some(out)
    };
    Some(Box::new(Replay::<D> { data: state.to_vec(), finish, algorithm: std::marker::PhantomData }))
}
