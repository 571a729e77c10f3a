//! Reads what senders must know, from files and the environment.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::Sources;

use super::{Secret, Security};

/// The shared key, for whom a file is too much.
const KEY_VARIABLE: &str = "LETHE_FORWARD_SHARED_KEY";

/// Why it cannot be known who may send. Nothing of what is in a file is told.
#[derive(Debug, thiserror::Error)]
pub enum SecretsError {
    /// A file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// A line of the file of users is none.
    #[error("{}: line {line} has no `:`, expected lines `name:password`", path.display())]
    NoUser {
        /// The file.
        path: PathBuf,
        /// Which line, from 1.
        line: usize,
    },
    /// There is no key where one should be.
    #[error("forward.shared_key_file: the file is empty")]
    EmptyKey,
    /// Passwords are proved together with the key.
    #[error("forward.users_file needs a shared key: name forward.shared_key_file")]
    UsersWithoutKey,
}

/// Who may send over Fluent Forward; nothing means everyone.
pub(in crate::ingest) fn security(sources: &Sources) -> Result<Option<Security>, SecretsError> {
    let key = match &sources.forward_shared_key_file {
        Some(path) => Some(read(path)?.trim_end().to_owned()),
        None => env::var(KEY_VARIABLE).ok(),
    };
    let users = match &sources.forward_users_file {
        Some(path) => users(path, &read(path)?)?,
        None => Vec::new(),
    };
    match key.filter(|it| !it.is_empty()) {
        Some(key) => Ok(Some(Security {
            shared_key: Secret::new(key),
            users,
        })),
        None if sources.forward_shared_key_file.is_some() => Err(SecretsError::EmptyKey),
        None if !users.is_empty() => Err(SecretsError::UsersWithoutKey),
        None => Ok(None),
    }
}

fn read(path: &Path) -> Result<String, SecretsError> {
    fs::read_to_string(path).map_err(|error| SecretsError::Unreadable {
        path: path.to_owned(),
        error,
    })
}

/// Empty lines and those that begin with `#` are passed over.
fn users(path: &Path, text: &str) -> Result<Vec<(String, Secret)>, SecretsError> {
    let is_user = |(_, line): &(usize, &str)| !line.trim().is_empty() && !line.starts_with('#');
    let user = |(at, line): (usize, &str)| match line.split_once(':') {
        Some((name, password)) => Ok((name.to_owned(), Secret::new(password))),
        None => Err(SecretsError::NoUser {
            path: path.to_owned(),
            line: at + 1,
        }),
    };
    text.lines().enumerate().filter(is_user).map(user).collect()
}
