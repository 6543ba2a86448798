//! Cryptography for connections to other servers.

/// Chooses what all clients of this process encrypt with. They need it to exist at all, also where they encrypt nothing.
pub fn choose_provider() {
    // Whoever was here before has chosen the same.
    drop(rustls::crypto::ring::default_provider().install_default());
}
