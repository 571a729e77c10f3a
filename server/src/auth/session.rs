//! Sessions, from a login to the logout: signed texts that the browser keeps in a cookie, or a
//! script in a header.
//!
//! `v1.<user>.<id>.<begun>.<expires>.<password>.<signature>`: name, random id, two moments in unix
//! milliseconds, and a fingerprint of the hash of the user's password. So nothing has to be
//! remembered of a session that runs, and it ends with a new password. Its length is fixed: it is
//! not prolonged by use, so that everybody can know when it ends.

use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use super::ended::Ended;
use super::key::Key;
use super::users::{User, Users};
use super::{AuthError, UnixMillis, millis, opaque};

const VERSION: &str = "v1";

/// What a valid session says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Session {
    /// The user's name.
    pub(super) user: String,
    /// Which of the user's sessions.
    pub(super) id: String,
    /// When it began.
    pub(super) begun: UnixMillis,
    /// When it ends by itself.
    pub(super) expires: UnixMillis,
}

/// Why a session does not count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Invalid {
    /// Not signed with this key: forged, broken, or of a server that has another one.
    Forged,
    /// Its time is over.
    Expired,
    /// Ended by a logout, by another password, or with its user.
    Ended,
}

/// Begins, checks and ends sessions.
#[derive(Debug)]
pub(super) struct Sessions {
    key: Key,
    ended: Mutex<Ended>,
}

impl Sessions {
    /// Those of a key file and a file of what has ended; both are made when they are needed.
    pub(super) fn open(key: &Path, ended: &Path) -> Result<Self, AuthError> {
        let failed = |path: &Path, source| {
            let path = path.to_owned();
            AuthError::DataFile { path, source }
        };
        let list = Ended::open(ended).map_err(|it| failed(ended, it))?;
        Ok(Self {
            key: Key::open(key).map_err(|it| failed(key, it))?,
            ended: Mutex::new(list),
        })
    }

    /// A new session, as text, and when it ends.
    pub(super) fn begin(
        &self,
        user: &User,
        lasting: Duration,
        now: UnixMillis,
    ) -> io::Result<(String, UnixMillis)> {
        let expires = now + millis(lasting);
        let name = opaque::encode(user.name.as_bytes());
        let id = opaque::text::<16>()?;
        let password = self.fingerprint(user);
        let text = format!("{VERSION}.{name}.{id}.{now}.{expires}.{password}");
        let signature = self.key.sign(&text);
        Ok((format!("{text}.{signature}"), expires))
    }

    /// Who it is, if it counts.
    pub(super) fn check<'a>(
        &self,
        text: &str,
        users: &'a Users,
        now: UnixMillis,
    ) -> Result<(&'a User, Session), Invalid> {
        let (session, password) = self.read(text).ok_or(Invalid::Forged)?;
        if session.expires <= now {
            return Err(Invalid::Expired);
        }
        let user = users.find(&session.user).ok_or(Invalid::Ended)?;
        if self.fingerprint(user) != password || self.ended().contains(&session) {
            return Err(Invalid::Ended);
        }
        Ok((user, session))
    }

    /// Ends a session for good. What is none, or has ended, needs no end.
    pub(super) fn end(&self, text: &str, now: UnixMillis) -> io::Result<()> {
        match self.read(text) {
            Some((session, _)) if session.expires > now => self.ended().add(session, now),
            _ => Ok(()),
        }
    }

    /// The session and its user's fingerprint, if this key has signed them.
    fn read(&self, text: &str) -> Option<(Session, String)> {
        let (signed, signature) = text.rsplit_once('.')?;
        if !self.key.has_signed(signed, signature) {
            return None;
        }
        let fields: Vec<&str> = signed.split('.').collect();
        let [VERSION, user, id, begun, expires, password] = fields[..] else {
            return None;
        };
        let session = Session {
            user: String::from_utf8(opaque::decode(user)?).ok()?,
            id: id.to_owned(),
            begun: begun.parse().ok()?,
            expires: expires.parse().ok()?,
        };
        Some((session, password.to_owned()))
    }

    /// Changes with the hash of the user's password, and tells nothing about it.
    fn fingerprint(&self, user: &User) -> String {
        let mut fingerprint = self.key.sign(&format!("password {}", user.hash.expose()));
        fingerprint.truncate(16);
        fingerprint
    }

    fn ended(&self) -> MutexGuard<'_, Ended> {
        self.ended.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Source;
    use proptest::prelude::*;
    use std::sync::LazyLock;

    const NOW: UnixMillis = 1_700_000_000_000;
    const HOUR: Duration = Duration::from_hours(1);

    fn users(text: &str) -> Users {
        let file = "users.yml";
        super::super::users::read(Source { file, text }).unwrap()
    }

    fn ana() -> Users {
        users(&format!("users: [{{username: ana, hash: {HASH}}}]"))
    }

    const HASH: &str = "$2y$04$gfYfchIng4242xXVsVQFdedIQbHzgSVe5AdyFg6O3SHKwqRbeWwbi";
    const OTHER_HASH: &str = "$2b$04$HJUOIK26jjx2OBcDlCELu.kbL.W11BX1Zw2k1PQwrP8FZq/4EGQ.e";

    fn open(dir: &Path) -> Sessions {
        Sessions::open(&dir.join("key"), &dir.join("ended")).unwrap()
    }

    fn begin(sessions: &Sessions) -> String {
        let users = ana();
        let user = users.find("ana").unwrap();
        sessions.begin(user, HOUR, NOW).unwrap().0
    }

    #[test]
    fn a_session_lasts_as_long_as_it_was_said_to() {
        let dir = tempfile::tempdir().unwrap();
        let sessions = open(dir.path());
        let users = ana();
        let (text, expires) = sessions
            .begin(users.find("ana").unwrap(), HOUR, NOW)
            .unwrap();
        assert_eq!(expires, NOW + 3_600_000);
        let (user, session) = sessions.check(&text, &users, expires - 1).unwrap();
        assert_eq!((user.name.as_str(), session.begun), ("ana", NOW));
        let late = sessions.check(&text, &users, expires);
        assert_eq!(late.unwrap_err(), Invalid::Expired);
    }

    #[test]
    fn a_session_survives_a_restart_and_its_end_does_too() {
        let dir = tempfile::tempdir().unwrap();
        let text = begin(&open(dir.path()));
        let sessions = open(dir.path());
        assert!(sessions.check(&text, &ana(), NOW).is_ok());
        sessions.end(&text, NOW).unwrap();
        for sessions in [sessions, open(dir.path())] {
            let replayed = sessions.check(&text, &ana(), NOW).map(|_| ());
            assert_eq!(replayed, Err(Invalid::Ended));
        }
    }

    #[test]
    fn a_session_ends_with_the_password_and_with_the_user() {
        let dir = tempfile::tempdir().unwrap();
        let sessions = open(dir.path());
        let text = begin(&sessions);
        for now in [
            format!("users: [{{username: ana, hash: {OTHER_HASH}}}]"),
            format!("users: [{{username: ben, hash: {HASH}}}]"),
        ] {
            let check = sessions.check(&text, &users(&now), NOW).map(|_| ());
            assert_eq!(check, Err(Invalid::Ended), "{now}");
        }
    }

    #[test]
    fn a_session_of_another_key_is_forged() {
        let (one, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let text = begin(&open(one.path()));
        let check = open(other.path()).check(&text, &ana(), NOW).map(|_| ());
        assert_eq!(check, Err(Invalid::Forged));
    }

    #[test]
    fn ending_what_is_no_session_does_nothing() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).end("v1.x", NOW).unwrap();
        assert!(!dir.path().join("ended").exists());
    }

    /// A key is a file, which would be slow to write anew for each case.
    static ONE: LazyLock<(Sessions, String)> = LazyLock::new(|| {
        let dir = tempfile::tempdir().unwrap();
        let sessions = open(dir.path());
        let text = begin(&sessions);
        (sessions, text)
    });

    proptest! {
        /// No character of a session can be another one.
        #[test]
        fn a_changed_session_is_forged(at in 0usize..200, to in "[A-Za-z0-9_.-]") {
            let (sessions, text) = &*ONE;
            let at = at % text.len();
            let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
            prop_assume!(changed != *text);
            let check = sessions.check(&changed, &ana(), NOW).map(|_| ());
            prop_assert_eq!(check, Err(Invalid::Forged));
        }

        #[test]
        fn any_text_is_a_session_or_forged(text in "\\PC{0,80}") {
            let check = ONE.0.check(&text, &ana(), NOW).map(|_| ());
            prop_assert_eq!(check, Err(Invalid::Forged));
        }
    }
}
