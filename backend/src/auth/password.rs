//! Passwords: Argon2id with the parameters that its authors recommend. It takes tens of milliseconds and 19 MB on
//! purpose, so it runs apart, a few at a time.

use std::sync::LazyLock;

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher as _, PasswordVerifier as _};
use tokio::sync::Semaphore;

use crate::error::ApiError;

/// How many are computed at once.
static AT_ONCE: Semaphore = Semaphore::const_new(2);

/// What is checked for logins that do not exist, so that they cannot be told from wrong passwords by the time it takes.
static NOBODY: LazyLock<Option<String>> = LazyLock::new(|| hash_now("nobody has this password"));

/// The PHC string of a password.
pub(crate) async fn hash(password: String) -> Result<String, ApiError> {
    apart(move || hash_now(&password)).await?.ok_or(ApiError::Internal)
}

/// Whether this is the password; without one to compare with, no, after the same time.
pub(crate) async fn verify(password: String, stored: Option<String>) -> Result<bool, ApiError> {
    apart(move || {
        let exists = stored.is_some();
        let Some(stored) = stored.or_else(|| NOBODY.clone()) else { return false };
        let Ok(stored) = PasswordHash::new(&stored) else { return false };
        Argon2::default().verify_password(password.as_bytes(), &stored).is_ok() && exists
    })
    .await
}

fn hash_now(password: &str) -> Option<String> {
    Argon2::default().hash_password(password.as_bytes()).ok().map(|hash| hash.to_string())
}

async fn apart<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, ApiError> {
    let _permit = AT_ONCE.acquire().await.ok().ok_or(ApiError::Internal)?;
    tokio::task::spawn_blocking(work).await.ok().ok_or(ApiError::Internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_is_right() {
        let stored = hash("a long password".to_owned()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"));
        assert!(verify("a long password".to_owned(), Some(stored.clone())).await.unwrap());
        assert!(!verify("another".to_owned(), Some(stored)).await.unwrap());
        assert!(!verify("nobody has this password".to_owned(), None).await.unwrap());
        assert!(!verify("x".to_owned(), Some("damaged".to_owned())).await.unwrap());
    }
}
