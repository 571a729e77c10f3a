//! Cryptography for HTTP clients.
//!
//! Nothing here is encrypted. But the server builds its HTTP client without a provider of
//! cryptography, to choose one itself, and in a build of the whole workspace that holds for every
//! client: one without a provider panics.

/// To be called before the first client is built.
pub(crate) fn provide() {
    // An error says that there is one already.
    let _ = rustls::crypto::ring::default_provider().install_default();
}
