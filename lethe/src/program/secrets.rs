//! Reads what senders must know, from files and the environment.

use std::env;
use std::fs;
use std::path::Path;

use anyhow::{Context, bail};

use crate::config::Sources;
use crate::ingest::forward::{Secret, Security};

/// The shared key, for whom a file is too much.
const KEY_VARIABLE: &str = "LETHE_FORWARD_SHARED_KEY";

/// Who may send over Fluent Forward; nothing means everyone. No message holds
/// what is in a file.
pub(super) fn security(sources: &Sources) -> anyhow::Result<Option<Security>> {
    let key = match &sources.forward_shared_key_file {
        Some(path) => Some(read(path)?.trim_end().to_owned()),
        None => env::var(KEY_VARIABLE).ok(),
    };
    let users = match &sources.forward_users_file {
        Some(path) => users(&read(path)?)
            .with_context(|| format!("{}: expected lines `name:password`", path.display()))?,
        None => Vec::new(),
    };
    match key.filter(|it| !it.is_empty()) {
        Some(key) => Ok(Some(Security {
            shared_key: Secret::new(key),
            users,
        })),
        None if sources.forward_shared_key_file.is_some() => {
            bail!("forward.shared_key_file: the file is empty")
        }
        None if !users.is_empty() => {
            bail!("forward.users_file needs a shared key: name forward.shared_key_file")
        }
        None => Ok(None),
    }
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}

/// Empty lines and those that begin with `#` are passed over.
fn users(text: &str) -> anyhow::Result<Vec<(String, Secret)>> {
    let is_user = |(_, line): &(usize, &str)| !line.trim().is_empty() && !line.starts_with('#');
    let user = |(at, line): (usize, &str)| {
        let (name, password) = line
            .split_once(':')
            .with_context(|| format!("line {} has no `:`", at + 1))?;
        Ok((name.to_owned(), Secret::new(password)))
    };
    text.lines().enumerate().filter(is_user).map(user).collect()
}
