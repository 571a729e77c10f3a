//! Where lines come from.

use std::path::PathBuf;

use super::ListenAddress;

/// What the program takes lines from; nothing unless it is told to.
///
/// Not even the port that Fluent Bit of the original's chart listens on is
/// opened by itself: Fluent Bit is a container beside Lethe there, so where only
/// the image of Lethe is swapped, both would want the same port.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sources {
    /// Where senders of Fluent Forward connect.
    pub forward_address: Option<ListenAddress>,
    /// A file with the key that they must know.
    pub forward_shared_key_file: Option<PathBuf>,
    /// A file with lines `name:password`.
    pub forward_users_file: Option<PathBuf>,
    /// Whether lines are taken over HTTP.
    pub push: bool,
    /// Whether the journal of this machine is followed.
    pub journal: bool,
    /// Files to follow.
    pub tail: Vec<TailSource>,
}

/// Files to follow, as the configuration names them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TailSource {
    /// A path in which `*` and `?` stand for others.
    pub path: String,
    /// The node of the lines; this machine if nothing is said.
    pub node: Option<String>,
    /// The process of the lines; the name of the file if nothing is said.
    pub process: Option<String>,
}

impl Sources {
    /// Takes over one setting.
    pub(super) fn set(&mut self, path: &str, value: &str) -> Result<(), String> {
        match path {
            "forward.listen_address" => self.forward_address = Some(value.parse()?),
            "forward.shared_key_file" => self.forward_shared_key_file = Some(file(value)?),
            "forward.users_file" => self.forward_users_file = Some(file(value)?),
            "push" => self.push = switch(value)?,
            "journal" => self.journal = switch(value)?,
            _ => return self.set_tail(path, value),
        }
        Ok(())
    }

    /// A setting of `tail[<place>]`; places come in their order.
    fn set_tail(&mut self, path: &str, value: &str) -> Result<(), String> {
        let item = path
            .strip_prefix("tail[")
            .and_then(|it| it.split_once("]."));
        let Some((place, key)) = item else {
            return Ok(());
        };
        let place: usize = place.parse().unwrap_or_default();
        while self.tail.len() <= place {
            self.tail.push(TailSource::default());
        }
        let Some(source) = self.tail.get_mut(place) else {
            return Ok(());
        };
        match key {
            "path" => {
                glob::Pattern::new(value).map_err(|it| format!("`{value}`: {it}"))?;
                source.path = value.to_owned();
            }
            "node" => source.node = Some(name(value)?),
            _ => source.process = Some(name(value)?),
        }
        Ok(())
    }

    /// What can be seen only when all settings are there.
    pub(super) fn check(&self) -> Result<(), String> {
        match self.tail.iter().position(|it| it.path.is_empty()) {
            Some(place) => Err(format!(
                "tail[{place}]: `path` is missing: name files to follow"
            )),
            None => Ok(()),
        }
    }
}

fn file(value: &str) -> Result<PathBuf, String> {
    match value {
        "" => Err("the path is empty: name a file".to_owned()),
        path => Ok(PathBuf::from(path)),
    }
}

fn name(value: &str) -> Result<String, String> {
    match value {
        "" => Err("the name is empty: leave the key out, or name something".to_owned()),
        name => Ok(name.to_owned()),
    }
}

fn switch(value: &str) -> Result<bool, String> {
    match value {
        "true" => Ok(true),
        "false" => Ok(false),
        other => Err(format!("`{other}` is neither `true` nor `false`")),
    }
}
