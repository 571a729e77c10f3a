//! Who asks, and what they may do.
//!
//! Three modes: users log in (`users.yml`), a trusted proxy says who it is, or everybody may
//! look. Scripts have tokens in each of them. There are two roles: a viewer looks at everything,
//! an admin also acts.
//!
//! A `Gate` decides about each request and comes from the configuration, so a reload replaces
//! it. `Auth` lives as long as the server: the key, the ended sessions and the failed logins.
//!
//! What it does not do: it knows no permissions finer than the two roles, no groups of its own, no
//! registration and no forgotten passwords. A proxy with a directory behind it does that better.

mod attempts;
mod credentials;
mod data_files;
mod ended;
mod first_password;
mod gate;
mod key;
mod opaque;
pub(crate) mod origin;
mod password;
mod peer;
mod session;
mod token;
mod users;

use std::io;
use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Semaphore;
use venti_model::api::auth::Role;

pub(crate) use credentials::{Credentials, forget, keep};
pub(crate) use gate::{Gate, Refusal};
pub use password::{HashingError, PasswordHash, PasswordHashError};
pub(crate) use peer::Connection;
pub use token::{TokenHash, TokenHashError, generate as generate_token};
pub use users::Users;
pub(crate) use users::read as read_users;

use crate::config::{Access, Auth as Mode, Secret};
use attempts::Attempts;
use session::Sessions;

/// Unix milliseconds.
pub(crate) type UnixMillis = u64;

/// No session lasts longer, so that an ended one need not be remembered for longer.
pub(crate) const LONGEST_SESSION: Duration = Duration::from_hours(90 * 24);

/// Checking a password keeps a core busy and takes up to 19 MiB; so many are checked at once.
const CHECKS_AT_ONCE: usize = 2;
/// So many logins may be under way, waiting ones included.
const MOST_LOGINS: usize = 64;
/// How long to stay away when there are more.
const BUSY: Duration = Duration::from_secs(2);

/// Somebody who may enter.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Identity {
    /// The name of the user or of the script.
    pub(crate) name: String,
    /// What they may do.
    pub(crate) role: Role,
    /// When the session ends by itself.
    pub(crate) expires: Option<UnixMillis>,
}

/// A session that begins.
#[derive(Debug)]
pub(crate) struct Begun {
    /// The session itself, for cookie or bearer.
    pub(crate) session: String,
    /// Whose it is.
    pub(crate) identity: Identity,
    /// The user's place in the file, from 1.
    pub(crate) user_number: usize,
    /// How long it lasts.
    pub(crate) lasting: Duration,
}

/// Why nobody is logged in.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LoginError {
    /// There are no passwords in this mode.
    #[error("nobody logs in here: {0}")]
    NoLogins(&'static str),
    /// No such user, or not this password.
    #[error("wrong user name or password")]
    Wrong,
    /// Too many attempts failed, or too many people log in at this moment.
    #[error("too many attempts to log in: try again in {} s", .0.as_secs())]
    TooMany(Duration),
    /// The server's own failure.
    #[error("cannot log in: {0}")]
    Failed(String),
}

/// Why the server cannot know who asks.
#[derive(Debug, thiserror::Error)]
pub enum AuthError {
    /// A file of the data directory cannot be read or made.
    #[error(
        "cannot use {path} of the data directory: {source}; without it nobody could stay logged in. \
             If it is damaged, remove it: then everybody logs in again"
    )]
    DataFile {
        /// Which one.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// What lives as long as the server.
#[derive(Debug)]
pub(crate) struct Auth {
    data: PathBuf,
    sessions: Mutex<Option<Arc<Sessions>>>,
    attempts: Attempts,
    logins: Semaphore,
    checks: Arc<Semaphore>,
}

impl Auth {
    /// Nothing is read or written before it is needed.
    pub(crate) fn new(data: &Path) -> Self {
        Self {
            data: data.to_owned(),
            sessions: Mutex::default(),
            attempts: Attempts::default(),
            logins: Semaphore::new(MOST_LOGINS),
            checks: Arc::new(Semaphore::new(CHECKS_AT_ONCE)),
        }
    }

    /// Who may enter from now on. Blocks: the first time it reads or makes files, and without users
    /// it makes and prints a password.
    pub(crate) fn gate(&self, access: &Access, users: &Users) -> Result<Gate, AuthError> {
        let mut gate = Gate {
            access: access.clone(),
            users: users.clone(),
            sessions: None,
        };
        if !matches!(access.auth, Mode::Users) {
            return Ok(gate);
        }
        gate.sessions = Some(self.sessions()?);
        let path = self.data.join("first-password");
        if users.is_empty() {
            let hash = first_password::open(&path, |it| first_password::print(it, &path));
            let hash = hash.map_err(|source| AuthError::DataFile { path, source })?;
            gate.users = users.with_only(first_password::ADMIN, hash);
        } else if let Err(error) = first_password::close(&path) {
            // It opens nothing any more, unless all users are removed one day.
            tracing::warn!(path = %path.display(), %error, "cannot remove the first password");
        }
        Ok(gate)
    }

    fn sessions(&self) -> Result<Arc<Sessions>, AuthError> {
        let mut opened = self.sessions.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sessions) = &*opened {
            return Ok(sessions.clone());
        }
        let key = self.data.join("session-key");
        let ended = self.data.join("ended-sessions.json");
        let sessions = Arc::new(Sessions::open(&key, &ended)?);
        *opened = Some(sessions.clone());
        Ok(sessions)
    }

    /// Begins a session for whoever knows the password. A wrong password and an unknown name take
    /// the same time and get the same answer.
    pub(crate) async fn login(
        &self,
        gate: &Gate,
        name: &str,
        password: Secret,
        address: IpAddr,
        now: UnixMillis,
    ) -> Result<Begun, LoginError> {
        let sessions = match (&gate.access.auth, &gate.sessions) {
            (Mode::Users, Some(sessions)) => sessions,
            (Mode::Proxy(_), _) => {
                return Err(LoginError::NoLogins(
                    "a proxy before the server says who asks",
                ));
            }
            _ => return Err(LoginError::NoLogins("everybody may look")),
        };
        let _place = self
            .logins
            .try_acquire()
            .map_err(|_| LoginError::TooMany(BUSY))?;
        let attempt = self
            .attempts
            .begin(address, name, now)
            .map_err(|wait| LoginError::TooMany(whole_seconds(wait)))?;
        let user = gate.users.find(name);
        let hash = user
            .map(|it| &it.hash)
            .or_else(|| gate.users.stand_in(name));
        let is_right = match hash {
            Some(hash) => self.check(hash.clone(), password).await?,
            None => false,
        };
        let user = user.filter(|_| is_right).ok_or(LoginError::Wrong)?;
        self.attempts.forgive(&attempt);
        let lasting = gate.access.session;
        let begun = sessions.begin(user, lasting, now);
        let (session, expires) = begun.map_err(|it| LoginError::Failed(it.to_string()))?;
        Ok(Begun {
            session,
            identity: Identity {
                name: user.name.clone(),
                role: user.role,
                expires: Some(expires),
            },
            user_number: gate.users.number(name),
            lasting,
        })
    }

    /// Checks on a thread that may block, a few at once: also when nobody waits for it any more.
    async fn check(&self, hash: PasswordHash, password: Secret) -> Result<bool, LoginError> {
        let failed = |error: &dyn std::fmt::Display| LoginError::Failed(error.to_string());
        let slot = self.checks.clone().acquire_owned().await;
        let slot = slot.map_err(|error| failed(&error))?;
        let checked = tokio::task::spawn_blocking(move || {
            let matches = hash.matches(password.expose());
            drop(slot);
            matches
        });
        checked.await.map_err(|error| failed(&error))
    }
}

impl Gate {
    /// Ends a session for good; tokens of scripts and what is no session stay as they are. Writes
    /// a file, so it blocks.
    pub(crate) fn logout(&self, session: &str, now: UnixMillis) -> io::Result<()> {
        match &self.sessions {
            Some(sessions) => sessions.end(session, now),
            None => Ok(()),
        }
    }
}

/// For people, and for `Retry-After`: never too early.
fn whole_seconds(wait: Duration) -> Duration {
    Duration::from_secs(
        wait.as_millis()
            .div_ceil(1000)
            .try_into()
            .unwrap_or(u64::MAX),
    )
}

/// A duration in milliseconds.
fn millis(duration: Duration) -> UnixMillis {
    duration.as_millis().try_into().unwrap_or(UnixMillis::MAX)
}
