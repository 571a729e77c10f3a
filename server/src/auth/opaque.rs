//! Bytes as texts that fit into a header, a cookie and a line of YAML; and random ones.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

/// `N` random bytes.
pub(super) fn bytes<const N: usize>() -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// `N` random bytes in letters, digits, `-` and `_`.
pub(super) fn text<const N: usize>() -> io::Result<String> {
    Ok(encode(&bytes::<N>()?))
}

/// Bytes in letters, digits, `-` and `_`.
pub(super) fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// What [`encode`] was given, if it was that.
pub(super) fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode(text).ok()
}
