//! Hashes of passwords: those that files of the original hold, and those that we make.
//!
//! Checking one is slow on purpose, tens of milliseconds; [`super::Auth::login`] does it on a
//! thread that may block.

use std::fmt;
use std::str::FromStr;

use argon2::password_hash::{PasswordHasher, PasswordVerifier, phc};
use argon2::{Argon2, Params};

use crate::config::Secret;

/// Dearer hashes would let a single login keep a core busy for many seconds.
const MAX_BCRYPT_COST: u32 = 15;
/// The same for argon2: 256 MiB, and at most this many passes over them.
const MAX_ARGON2_KIB: u32 = 256 << 10;
const MAX_ARGON2_PASSES: u32 = 16;
const MAX_ARGON2_LANES: u32 = 16;

/// The hash of one password: bcrypt (`$2a$`, `$2b$`, `$2y$`) or argon2id.
#[derive(Clone, PartialEq, Eq)]
pub struct PasswordHash {
    text: Secret,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bcrypt,
    Argon2,
}

/// Why a text is no hash that can be used. It never shows the text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PasswordHashError {
    /// Not in the format of any known hash.
    #[error(
        "not a hash of bcrypt (`$2a$`, `$2b$`, `$2y$`) or argon2id: make one with `venti-server hash-password`"
    )]
    Unknown,
    /// Known, but cut off or changed.
    #[error("a broken {0} hash: make a new one with `venti-server hash-password`")]
    Broken(&'static str),
    /// Checking it would take too long.
    #[error("a {0} hash that takes too long to check: make a cheaper one")]
    TooDear(&'static str),
}

/// The password could not be hashed: the system gives no random numbers, or no memory.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot hash a password: {0}")]
pub struct HashingError(String);

impl PasswordHash {
    /// Hashes a password with argon2id and a fresh salt.
    pub fn of(password: &str) -> Result<Self, HashingError> {
        let failed = |error: &dyn fmt::Display| HashingError(error.to_string());
        let mut salt = [0; 16];
        getrandom::fill(&mut salt).map_err(|error| failed(&error))?;
        let hash = Argon2::default()
            .hash_password_with_salt(password.as_bytes(), &salt)
            .map_err(|error| failed(&error))?;
        Ok(Self {
            text: hash.to_string().as_str().into(),
            kind: Kind::Argon2,
        })
    }

    /// Whether this is the hash of `password`. Takes tens of milliseconds.
    pub fn matches(&self, password: &str) -> bool {
        match self.kind {
            // Only the first 72 bytes count, as everywhere with bcrypt.
            Kind::Bcrypt => bcrypt::verify(password, self.expose()).unwrap_or(false),
            Kind::Argon2 => phc::PasswordHash::new(self.expose()).is_ok_and(|hash| {
                let verified = Argon2::default().verify_password(password.as_bytes(), &hash);
                verified.is_ok()
            }),
        }
    }

    /// The text itself, to be kept in a file.
    pub fn expose(&self) -> &str {
        self.text.expose()
    }
}

impl FromStr for PasswordHash {
    type Err = PasswordHashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let kind = if text.starts_with("$argon2id$") {
            check_argon2(text)?;
            Kind::Argon2
        } else if ["$2a$", "$2b$", "$2y$"]
            .iter()
            .any(|it| text.starts_with(it))
        {
            check_bcrypt(text)?;
            Kind::Bcrypt
        } else {
            return Err(PasswordHashError::Unknown);
        };
        let text = text.into();
        Ok(Self { text, kind })
    }
}

fn check_bcrypt(text: &str) -> Result<(), PasswordHashError> {
    let parts: bcrypt::HashParts = text
        .parse()
        .map_err(|_| PasswordHashError::Broken("bcrypt"))?;
    match parts.get_cost() {
        0..4 => Err(PasswordHashError::Broken("bcrypt")),
        4..=MAX_BCRYPT_COST => Ok(()),
        _ => Err(PasswordHashError::TooDear("bcrypt")),
    }
}

fn check_argon2(text: &str) -> Result<(), PasswordHashError> {
    let broken = PasswordHashError::Broken("argon2");
    let hash = phc::PasswordHash::new(text).map_err(|_| broken.clone())?;
    let params = Params::try_from(&hash).map_err(|_| broken.clone())?;
    if hash.salt.is_none() || hash.hash.is_none() {
        return Err(broken);
    }
    let is_cheap = params.m_cost() <= MAX_ARGON2_KIB
        && params.t_cost() <= MAX_ARGON2_PASSES
        && params.p_cost() <= MAX_ARGON2_LANES;
    if is_cheap {
        Ok(())
    } else {
        Err(PasswordHashError::TooDear("argon2"))
    }
}

impl fmt::Debug for PasswordHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("<hidden>")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// `hunter2`, hashed by other programs: the C code of OpenBSD's bcrypt and the reference argon2.
    const FOREIGN: [&str; 4] = [
        "$2y$04$gfYfchIng4242xXVsVQFdedIQbHzgSVe5AdyFg6O3SHKwqRbeWwbi",
        "$2b$04$HJUOIK26jjx2OBcDlCELu.kbL.W11BX1Zw2k1PQwrP8FZq/4EGQ.e",
        "$2a$04$qg8nCcJ51zZtXPRmG9.2su8/CYNSxe03DHBDJ.2ejNs/UpOyti.AW",
        "$argon2id$v=19$m=8,t=1,p=1$Ctqb4wmuOiiSwZlu5Atglw$fy7erBGrN6TDMhCeq6PnChhmrQFdaPubpetR5BKxpHY",
    ];

    #[test]
    fn hashes_of_other_programs_are_checked() {
        for text in FOREIGN {
            let hash: PasswordHash = text.parse().unwrap();
            assert!(hash.matches("hunter2"), "{text}");
            assert!(!hash.matches("hunter3"), "{text}");
            assert!(!hash.matches(""), "{text}");
        }
    }

    #[test]
    fn a_new_hash_is_of_its_password_alone_and_never_the_same_twice() {
        let hash = PasswordHash::of("open sesame").unwrap();
        assert!(hash.matches("open sesame"));
        assert!(!hash.matches("open sesam"));
        assert_eq!(hash.expose().parse(), Ok(hash.clone()));
        assert_ne!(PasswordHash::of("open sesame").unwrap(), hash);
        assert!(!format!("{hash:?}").contains("argon2"));
    }

    #[test]
    fn what_is_no_hash_is_told_apart() {
        let error = |text: &str| text.parse::<PasswordHash>().unwrap_err();
        for text in [
            "",
            "hunter2",
            "$1$abc$def",
            "$2x$04$abc",
            "$argon2i$v=19$m=8",
        ] {
            assert_eq!(error(text), PasswordHashError::Unknown, "{text}");
        }
        assert_eq!(error("$2a$10$short"), PasswordHashError::Broken("bcrypt"));
        let cut = "$argon2id$v=19$m=8,t=1,p=1$c2FsdHNhbHQ";
        assert_eq!(error(cut), PasswordHashError::Broken("argon2"));
        let dear = FOREIGN[0].replace("$04$", "$31$");
        assert_eq!(error(&dear), PasswordHashError::TooDear("bcrypt"));
        let dear = FOREIGN[3].replace("m=8", "m=4000000");
        assert_eq!(error(&dear), PasswordHashError::TooDear("argon2"));
    }

    proptest! {
        #[test]
        fn any_text_is_a_hash_or_an_error(text in "(\\$2[aby]\\$|\\$argon2id\\$|)\\PC{0,70}") {
            let _ = text.parse::<PasswordHash>();
        }
    }
}
