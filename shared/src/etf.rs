//! Encoded terms as opaque values.
//!
//! The machine passes messages and exit reasons on without reading them, so here they are bytes. What the kernel must
//! add around them (`{'EXIT', From, Reason}` and the like) is put together without decoding.

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::ids::Ref;
use crate::term::{DecodeError, Term};

/// A term in the external term format with its version byte. Whoever made it vouches for that: [`Etf::checked`]
/// decodes, [`Etf::from_trusted`] does not.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Etf(Arc<[u8]>);

impl Etf {
    /// The encoded form of a term.
    pub fn of(term: &Term) -> Self {
        Self(term.encode().into())
    }

    /// The encoded atom.
    pub fn atom(text: &str) -> Self {
        Self::of(&Term::atom(text))
    }

    /// Takes bytes that must decode to a term.
    ///
    /// # Errors
    /// When they do not.
    pub fn checked(bytes: impl Into<Arc<[u8]>>) -> Result<Self, DecodeError> {
        let bytes = bytes.into();
        Term::decode_any_depth(&bytes)?;
        Ok(Self(bytes))
    }

    /// Takes bytes that are an encoded term by construction. Bytes that are none do no harm to whoever holds them:
    /// reading them fails later.
    pub fn from_trusted(bytes: impl Into<Arc<[u8]>>) -> Self {
        Self(bytes.into())
    }

    /// The bytes, version byte included.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The shared bytes, version byte included.
    pub fn shared(&self) -> Arc<[u8]> {
        Arc::clone(&self.0)
    }

    /// The bytes as they stand inside another term.
    pub fn body(&self) -> &[u8] {
        self.0.get(1..).unwrap_or_default()
    }

    /// The number of bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether there are no bytes at all, which no term has.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The term.
    ///
    /// # Errors
    /// When the bytes are none, or one that is nested too deep.
    pub fn decode(&self) -> Result<Term, DecodeError> {
        Term::decode(&self.0)
    }

    /// Whether this is the atom of that (ASCII) text, in any of the ways to encode it.
    pub fn is_atom(&self, text: &str) -> bool {
        let text = text.as_bytes();
        match self.body() {
            [115 | 119, _, name @ ..] | [100 | 118, _, _, name @ ..] => name == text,
            _ => false,
        }
    }

    /// The tuple of parts that are terms or already encoded.
    pub fn tuple(parts: &[Part<'_>]) -> Self {
        let mut out = vec![crate::term::VERSION];
        crate::term::put_tuple_header(parts.len(), &mut out);
        for part in parts {
            match part {
                Part::Term(term) => term.encode_into(&mut out),
                Part::Etf(etf) => out.extend_from_slice(etf.body()),
            }
        }
        Self(out.into())
    }
}

impl AsRef<[u8]> for Etf {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

/// The reference of this sandbox at the beginning of some encoded terms (without version byte), if there is one and it is encoded as the
/// BEAM does it, and what is behind it.
pub fn encoded_local_ref(terms: &[u8]) -> Option<(Ref, &[u8])> {
    /// `NEWER_REFERENCE_EXT` of three words, with the node as `SMALL_ATOM_UTF8_EXT` and creation 0.
    const LOCAL: &[u8; 22] = b"\x5a\x00\x03\x77\x0dnonode@nohost\x00\x00\x00\x00";
    // As many bytes as are known beforehand are compared without a call.
    let (start, rest) = terms.split_first_chunk::<22>()?;
    let (words, rest) = rest.split_first_chunk::<12>().filter(|_| start == LOCAL)?;
    let &[a, b, c, d, e, f, g, h, i, j, k, l] = words;
    let words = [[a, b, c, d], [e, f, g, h], [i, j, k, l]].map(u32::from_be_bytes);
    Some((Ref::from_words(words)?, rest))
}

/// An element of [`Etf::tuple`].
pub enum Part<'a> {
    /// A term to be encoded.
    Term(Term),
    /// One that is encoded already.
    Etf(&'a Etf),
}

impl fmt::Debug for Etf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.decode() {
            Ok(term) => write!(f, "{term}"),
            Err(error) => write!(f, "<{} bytes: {error}>", self.0.len()),
        }
    }
}

impl fmt::Display for Etf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

impl From<&Term> for Etf {
    fn from(term: &Term) -> Self {
        Self::of(term)
    }
}

/// Bytes where the format has them, base64 in formats for people.
impl Serialize for Etf {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&base64::engine::general_purpose::STANDARD.encode(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

/// Only bytes that decode are accepted, so a value from the outside is a term.
impl<'de> Deserialize<'de> for Etf {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = if deserializer.is_human_readable() {
            let text = String::deserialize(deserializer)?;
            base64::engine::general_purpose::STANDARD.decode(text).map_err(de::Error::custom)?
        } else {
            deserializer.deserialize_byte_buf(BytesVisitor)?
        };
        Self::checked(bytes).map_err(de::Error::custom)
    }
}

/// Encoded, as [`Etf`].
impl Serialize for Term {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Etf::of(self).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Term {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        // Checked when it was read.
        let etf = Etf::deserialize(deserializer)?;
        Term::decode_any_depth(etf.bytes()).map_err(de::Error::custom)
    }
}

struct BytesVisitor;

impl<'de> de::Visitor<'de> for BytesVisitor {
    type Value = Vec<u8>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an encoded term")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Self::Value, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Self::Value, E> {
        Ok(bytes)
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut bytes = Vec::new();
        while let Some(byte) = seq.next_element()? {
            bytes.push(byte);
        }
        Ok(bytes)
    }
}
