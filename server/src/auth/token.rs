//! Tokens of scripts: random, so that a fast hash is enough to keep them secret in a file.

use std::fmt;
use std::io;
use std::str::FromStr;

use sha2::{Digest, Sha256};

use super::opaque;

const PREFIX: &str = "sha256:";

/// The hash of a token, written `sha256:…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TokenHash([u8; 32]);

/// Why a text is not the hash of a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the hash of a token: make both with `venti-server token`")]
pub struct TokenHashError;

/// A new token. Its beginning tells people, and programs that look for lost secrets, what it is.
pub fn generate() -> io::Result<String> {
    Ok(format!("venti_{}", opaque::text::<32>()?))
}

impl TokenHash {
    /// The hash of this token.
    pub fn of(token: &str) -> Self {
        Self(Sha256::digest(token.as_bytes()).into())
    }
}

impl FromStr for TokenHash {
    type Err = TokenHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let encoded = text.strip_prefix(PREFIX).ok_or(TokenHashError)?;
        let bytes = opaque::decode(encoded).ok_or(TokenHashError)?;
        bytes.try_into().map(Self).map_err(|_| TokenHashError)
    }
}

impl fmt::Display for TokenHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{PREFIX}{}", opaque::encode(&self.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hash_is_read_as_it_was_written() {
        let token = generate().unwrap();
        let hash = TokenHash::of(&token);
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_ne!(hash, TokenHash::of(&generate().unwrap()));
    }

    #[test]
    fn other_texts_are_no_hash() {
        for text in ["", "sha256:", "sha256:abc", "venti_abc", "sha256:ü"] {
            assert_eq!(text.parse::<TokenHash>(), Err(TokenHashError), "{text}");
        }
    }
}
