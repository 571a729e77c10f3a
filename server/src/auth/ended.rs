//! Sessions that were ended before their time, by a logout. They are remembered until they would
//! have expired, in a file, so that a restart does not bring them back.
//!
//! The list is bounded: when a user has ended [`MOST_OF_A_USER`] sessions that have not expired
//! yet, all sessions that the user began until then end, and one moment stands for all of them.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::session::Session;
use super::{LONGEST_SESSION, UnixMillis, data_files, millis};

/// How many ended sessions of one user are remembered one by one.
const MOST_OF_A_USER: usize = 100;

/// The list, and the file that holds it.
#[derive(Debug)]
pub(super) struct Ended {
    path: PathBuf,
    users: BTreeMap<String, EndedOfUser>,
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EndedOfUser {
    /// Sessions that began at this moment or before have ended.
    begun_until: UnixMillis,
    /// Ids of ended sessions that began later, and when they expire.
    sessions: BTreeMap<String, UnixMillis>,
}

impl Ended {
    /// Reads the list; there is none before the first logout.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let users = match data_files::read(path)? {
            Some(text) => serde_json::from_str(&text)?,
            None => BTreeMap::new(),
        };
        let path = path.to_owned();
        Ok(Self { path, users })
    }

    /// Whether the session was ended.
    pub(super) fn contains(&self, session: &Session) -> bool {
        self.users.get(&session.user).is_some_and(|ended| {
            session.begun <= ended.begun_until || ended.sessions.contains_key(&session.id)
        })
    }

    /// Ends a session, and writes that down. It has ended even when writing fails, but then only
    /// until a restart.
    pub(super) fn add(&mut self, session: Session, now: UnixMillis) -> io::Result<()> {
        self.forget_expired(now);
        let ended = self.users.entry(session.user).or_default();
        ended.sessions.insert(session.id, session.expires);
        if ended.sessions.len() > MOST_OF_A_USER {
            ended.begun_until = now;
            ended.sessions.clear();
        }
        data_files::replace(&self.path, &serde_json::to_string(&self.users)?)
    }

    fn forget_expired(&mut self, now: UnixMillis) {
        for ended in self.users.values_mut() {
            ended.sessions.retain(|_, expires| *expires > now);
        }
        // By then all that began until that moment have expired.
        let matters = |it: &EndedOfUser| it.begun_until + millis(LONGEST_SESSION) > now;
        self.users
            .retain(|_, it| !it.sessions.is_empty() || matters(it));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixMillis = 1_700_000_000_000;

    fn session(user: &str, n: u64) -> Session {
        Session {
            user: user.to_owned(),
            id: n.to_string(),
            begun: NOW + n,
            expires: NOW + n + 1_000_000,
        }
    }

    #[test]
    fn what_ended_stays_ended_after_a_restart() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ended-sessions.json");
        let mut ended = Ended::open(&path).unwrap();
        ended.add(session("ana", 1), NOW + 5).unwrap();
        let ended = Ended::open(&path).unwrap();
        assert!(ended.contains(&session("ana", 1)));
        assert!(!ended.contains(&session("ana", 2)));
        assert!(!ended.contains(&session("ben", 1)));
    }

    #[test]
    fn the_list_is_bounded_and_never_lets_an_ended_session_in() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ended-sessions.json");
        let mut ended = Ended::open(&path).unwrap();
        for n in 0..150 {
            ended.add(session("ana", n), NOW + n).unwrap();
        }
        assert!((0..150).all(|n| ended.contains(&session("ana", n))));
        assert!(!ended.contains(&session("ana", 150)));
        assert!(ended.users["ana"].sessions.len() <= MOST_OF_A_USER);
    }

    #[test]
    fn what_has_expired_is_forgotten() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ended-sessions.json");
        let mut ended = Ended::open(&path).unwrap();
        for n in 0..150 {
            ended.add(session("ana", n), NOW + n).unwrap();
        }
        let later = NOW + millis(LONGEST_SESSION) + 1_000_000;
        ended.add(session("ben", later - NOW), later).unwrap();
        assert_eq!(ended.users.keys().collect::<Vec<_>>(), ["ben"]);
    }

    #[test]
    fn a_broken_file_is_an_error_and_not_an_empty_list() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("ended-sessions.json");
        std::fs::write(&path, "{\"ana\"").unwrap();
        assert!(Ended::open(&path).is_err());
    }
}
