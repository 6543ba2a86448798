//! Pieces of output, with their bytes as [`crate::bytes`] writes them.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::ids::EventSeq;

type Pieces = VecDeque<(EventSeq, Arc<[u8]>)>;

#[derive(Serialize, Deserialize)]
struct Piece(EventSeq, #[serde(with = "crate::bytes")] Arc<[u8]>);

/// For `#[serde(with)]`.
pub(super) fn serialize<S: Serializer>(pieces: &Pieces, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(pieces.iter().map(|(seq, bytes)| Piece(*seq, Arc::clone(bytes))))
}

/// For `#[serde(with)]`.
pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Pieces, D::Error> {
    let pieces = Vec::<Piece>::deserialize(deserializer)?;
    Ok(pieces.into_iter().map(|Piece(seq, bytes)| (seq, bytes)).collect())
}
