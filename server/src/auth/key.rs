//! The key that signs sessions: 32 random bytes in a file of the data directory, made at the
//! first start. Whoever has it can be anybody, and without it all sessions end.

use std::fmt;
use std::io;
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{data_files, opaque};

const LENGTH: usize = 32;

/// Signs texts, and knows its signatures again.
#[derive(Clone)]
pub(super) struct Key(Hmac<Sha256>);

impl Key {
    /// Reads the key of the file, which is made when there is none.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        if data_files::read(path)?.is_none() {
            match data_files::create(path, &opaque::text::<LENGTH>()?) {
                // Another server on the same directory was faster: its key counts.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                created => created?,
            }
        }
        let text = data_files::read(path)?.unwrap_or_default();
        let bytes = opaque::decode(text.trim()).filter(|it| it.len() == LENGTH);
        let bytes = bytes
            .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "it does not hold a key"))?;
        Self::new(&bytes)
    }

    fn new(bytes: &[u8]) -> io::Result<Self> {
        let mac = Hmac::new_from_slice(bytes).map_err(io::Error::other)?;
        Ok(Self(mac))
    }

    /// The signature of a text.
    pub(super) fn sign(&self, text: &str) -> String {
        opaque::encode(&self.mac(text).finalize().into_bytes())
    }

    /// Whether the signature is this key's, found out in a time that tells nothing.
    pub(super) fn has_signed(&self, text: &str, signature: &str) -> bool {
        opaque::decode(signature).is_some_and(|it| self.mac(text).verify_slice(&it).is_ok())
    }

    fn mac(&self, text: &str) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(text.as_bytes());
        mac
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_directory_is_made_once() {
        let dir = tempfile::tempdir().unwrap();
        let (path, other) = (dir.path().join("key"), dir.path().join("other"));
        let signature = Key::open(&path).unwrap().sign("text");
        assert!(Key::open(&path).unwrap().has_signed("text", &signature));
        assert!(!Key::open(&path).unwrap().has_signed("texts", &signature));
        assert!(!Key::open(&other).unwrap().has_signed("text", &signature));
        assert!(!format!("{:?}", Key::open(&path).unwrap()).contains("Hmac"));
    }

    #[test]
    fn a_file_without_a_key_is_an_error_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("key");
        std::fs::write(&path, "c2hvcnQ").unwrap();
        assert!(Key::open(&path).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), b"c2hvcnQ");
    }
}
