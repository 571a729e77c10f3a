//! The handshake: both sides show that they know the shared key, without
//! telling it, and the sender may have to name a user too.
//!
//! We say HELO with two random texts, the sender answers PING with digests over
//! one of them, its own name and the secrets, and we end with PONG.

use std::fmt::Write;
use std::io;

use sha2::{Digest, Sha512};
use subtle::{Choice, ConstantTimeEq};
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt};

use crate::ingest::msgpack::{Reader, Token};

use super::connection::Error;
use super::frames::Frames;
use super::message::DecodeError;

/// Our name in the digests. Fluentd refuses a server of its own name, so it is
/// not that of the machine.
const NAME: &str = "lethe";

/// A text that nothing prints.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being printed.
    pub fn new(text: impl Into<String>) -> Secret {
        Secret(text.into())
    }
}

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("…")
    }
}

/// Who may send.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Security {
    /// What all senders know.
    pub shared_key: Secret,
    /// Names with their passwords; when there are any, a sender has to be one
    /// of them.
    pub users: Vec<(String, Secret)>,
}

/// Why a sender may not send.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Denied {
    #[error("the shared key does not match")]
    Key,
    #[error("user name and password do not match")]
    User,
    #[error("the sender left before the handshake ended")]
    Left,
}

/// Goes through the handshake, and fails unless the sender may send.
pub(super) async fn shake_hands<R: AsyncRead + Unpin>(
    security: &Security,
    frames: &mut Frames<R>,
    stream: &mut (impl AsyncWrite + Unpin),
) -> Result<(), Error> {
    let nonce = random()?;
    let user_salt = match security.users.is_empty() {
        true => None,
        false => Some(random()?),
    };
    let user_salt = user_salt.as_ref().map_or(&[][..], |it| it);
    stream.write_all(&hello(&nonce, user_salt)?).await?;
    let answer = frames.next_soon().await?.ok_or(Denied::Left)?;
    let ping = Ping::read(&answer)?;
    let verdict = security.check(&ping, &nonce, user_salt);
    stream
        .write_all(&security.pong(&ping, &nonce, verdict)?)
        .await?;
    Ok(verdict?)
}

impl Security {
    fn check(&self, ping: &Ping<'_>, nonce: &[u8], user_salt: &[u8]) -> Result<(), Denied> {
        let Secret(key) = &self.shared_key;
        let expected = hex(&[ping.salt, ping.host, nonce, key.as_bytes()]);
        if !bool::from(expected.as_bytes().ct_eq(ping.key_digest)) {
            return Err(Denied::Key);
        }
        // All users are looked at, so the time tells nothing about names.
        let known = self.users.iter().map(|(name, Secret(password))| {
            let expected = hex(&[user_salt, name.as_bytes(), password.as_bytes()]);
            name.as_bytes().ct_eq(ping.user) & expected.as_bytes().ct_eq(ping.password_digest)
        });
        let is_known = known.fold(Choice::from(0), |any, it| any | it);
        if self.users.is_empty() || bool::from(is_known) {
            Ok(())
        } else {
            Err(Denied::User)
        }
    }

    fn pong(
        &self,
        ping: &Ping<'_>,
        nonce: &[u8],
        verdict: Result<(), Denied>,
    ) -> io::Result<Vec<u8>> {
        let Secret(key) = &self.shared_key;
        let (reason, digest) = match verdict {
            Ok(()) => {
                let digest = hex(&[ping.salt, NAME.as_bytes(), nonce, key.as_bytes()]);
                (String::new(), digest)
            }
            Err(denied) => (denied.to_string(), String::new()),
        };
        let mut bytes = Vec::new();
        rmp::encode::write_array_len(&mut bytes, 5)?;
        rmp::encode::write_str(&mut bytes, "PONG")?;
        rmp::encode::write_bool(&mut bytes, verdict.is_ok())?;
        for text in [&reason, NAME, &digest] {
            rmp::encode::write_str(&mut bytes, text)?;
        }
        Ok(bytes)
    }
}

fn hello(nonce: &[u8], user_salt: &[u8]) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    rmp::encode::write_array_len(&mut bytes, 2)?;
    rmp::encode::write_str(&mut bytes, "HELO")?;
    rmp::encode::write_map_len(&mut bytes, 3)?;
    rmp::encode::write_str(&mut bytes, "nonce")?;
    rmp::encode::write_bin(&mut bytes, nonce)?;
    rmp::encode::write_str(&mut bytes, "auth")?;
    rmp::encode::write_bin(&mut bytes, user_salt)?;
    rmp::encode::write_str(&mut bytes, "keepalive")?;
    rmp::encode::write_bool(&mut bytes, true)?;
    Ok(bytes)
}

/// What the sender says of itself.
#[derive(Debug)]
struct Ping<'a> {
    host: &'a [u8],
    salt: &'a [u8],
    key_digest: &'a [u8],
    user: &'a [u8],
    password_digest: &'a [u8],
}

impl<'a> Ping<'a> {
    fn read(bytes: &'a [u8]) -> Result<Ping<'a>, DecodeError> {
        const SHAPE: DecodeError = DecodeError::Shape("an array of PING and five texts");
        let mut reader = Reader::new(bytes);
        let Token::Array(6) = reader.token()? else {
            return Err(SHAPE);
        };
        let mut text = || -> Result<&'a [u8], DecodeError> { reader.token()?.bytes().ok_or(SHAPE) };
        if text()? != b"PING" {
            return Err(SHAPE);
        }
        Ok(Ping {
            host: text()?,
            salt: text()?,
            key_digest: text()?,
            user: text()?,
            password_digest: text()?,
        })
    }
}

fn random() -> io::Result<[u8; 16]> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(io::Error::other)?;
    Ok(bytes)
}

/// SHA-512 of some parts, in hexadecimal digits.
fn hex(parts: &[&[u8]]) -> String {
    let mut hash = Sha512::new();
    for part in parts {
        hash.update(part);
    }
    let mut text = String::new();
    for byte in hash.finalize() {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}
