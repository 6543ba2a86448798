//! Names that nobody can guess: ids, and the secrets of sessions, tokens and links. Of a secret only the hash is stored.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};

/// Letters and digits of ids: easy to read aloud, none looks like another.
const ALPHABET: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Characters of an id after its prefix, five random bits each.
const ID_CHARACTERS: usize = 16;

/// What a secret is for; it stands at its beginning, so that one that leaks can be recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Session,
    Token,
    Link,
}

impl Kind {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Session => "orrery_s_",
            Self::Token => "orrery_t_",
            Self::Link => "orrery_l_",
        }
    }
}

/// A new id: the prefix, a dash, and what tells it from all others.
pub(crate) fn id(prefix: &str) -> String {
    let characters: [u8; ID_CHARACTERS] = rand::random();
    let mut id = format!("{prefix}-");
    id.extend(characters.iter().map(|byte| char::from(ALPHABET[usize::from(byte % 32)])));
    id
}

/// A new secret, and the hash under which it is stored.
pub(crate) fn new(kind: Kind) -> (String, Vec<u8>) {
    let bytes: [u8; 32] = rand::random();
    let secret = format!("{}{}", kind.prefix(), URL_SAFE_NO_PAD.encode(bytes));
    let hash = Sha256::digest(secret.as_bytes()).to_vec();
    (secret, hash)
}

/// The hash of a secret that somebody shows, when it may be one of this kind.
pub(crate) fn hash(kind: Kind, secret: &str) -> Option<Vec<u8>> {
    let plausible = secret.len() < 100 && secret.starts_with(kind.prefix());
    plausible.then(|| Sha256::digest(secret.as_bytes()).to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_by_its_hash_and_only_as_what_it_is() {
        let (secret, stored) = new(Kind::Link);
        assert_eq!(hash(Kind::Link, &secret), Some(stored));
        assert_eq!(hash(Kind::Session, &secret), None);
        assert_ne!(new(Kind::Link).0, secret);
        assert_eq!(id("user").len(), "user-".len() + ID_CHARACTERS);
    }
}
