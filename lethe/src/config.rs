//! `lethe.yaml`, the configuration file of the original.
//!
//! | key | default | |
//! |---|---|---|
//! | `query.limit` | `1000` | rows of an answer, up to 10 million |
//! | `query.timeout` | `20s` | how long a query may take |
//! | `retention.time` | `15d` | older files are deleted; `0` keeps all |
//! | `retention.size` | `0` | the oldest files beyond it are deleted; `0` keeps all |
//! | `retention.rotation_interval` | `20s` | time between two rotations |
//! | `retention.size_strategy` | `file` | no effect, as in the original |
//! | `storage.log_data_path` | `data/log` | the data directory |
//! | `storage.compress_after` | `0` | how long after its end an hour is packed; `0` packs none. Not of the original |
//! | `web.listen_address` | `:6060` | `host:port` |
//! | `web.gin_mode` | `release` | no effect; `debug` and `test` are known too |
//!
//! Ours alone, all of them off when nothing is said; see [`Sources`]:
//!
//! | key | |
//! |---|---|
//! | `forward.listen_address` | where senders of Fluent Forward connect, usually `:24224` |
//! | `forward.shared_key_file` | a file with the key that they must know; the variable `LETHE_FORWARD_SHARED_KEY` does as well |
//! | `forward.users_file` | a file with lines `name:password`; then they must know one of these too |
//! | `push` | `true` lets everyone who can reach the API write with `POST /api/v1/push` |
//! | `journal` | `true` follows the systemd journal of this machine |
//! | `tail` | a list of files to follow, each with `path` (`*` and `?` as in a shell), and perhaps `node` (this machine) and `process` (the file's name) |
//!
//! Files mean what they mean to the original, but for values that it read as
//! something nobody wrote (`timeout: 20` as 20 nanoseconds, `limit: 010` as 8,
//! a negative size as "delete all"). They are refused. `rotation_interval: 1d`,
//! zero there, is a day.

mod address;
mod entries;
mod fault;
mod measure;
mod sources;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::rotate::Retention;
use crate::{Maintenance, Options};

use self::entries::{Entry, Value};

pub use self::address::ListenAddress;
pub use self::fault::Fault;
pub use self::sources::{Sources, TailSource};

/// The keys that mean something.
const KEYS: [&str; 18] = [
    "query.limit",
    "query.timeout",
    "retention.size",
    "retention.time",
    "retention.size_strategy",
    "retention.rotation_interval",
    "storage.compress_after",
    "storage.log_data_path",
    "web.listen_address",
    "web.gin_mode",
    "forward.listen_address",
    "forward.shared_key_file",
    "forward.users_file",
    "push",
    "journal",
    "tail[].path",
    "tail[].node",
    "tail[].process",
];

/// Where the original looks for its file, in this order.
const DIRECTORIES: [&str; 2] = ["etc", "../etc"];

/// The names that it takes there, but for `lethe.toml`: all are read as YAML.
const NAMES: [&str; 4] = ["lethe.json", "lethe.yaml", "lethe.yml", "lethe"];

const MAX_LIMIT: usize = 10_000_000;

/// What a configuration file says, with defaults for what it does not say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Rows of an answer when the question names no number.
    pub limit: usize,
    /// How long a query may take.
    pub timeout: Duration,
    /// Files older than this are deleted; zero keeps all.
    pub retention_time: Duration,
    /// Bytes of log files that may stay; zero keeps all.
    pub retention_size: u64,
    /// Time between two rotations.
    pub rotation_interval: Duration,
    /// How long after its end an hour is packed; zero packs none.
    pub compress_after: Duration,
    /// The data directory.
    pub log_data_path: PathBuf,
    /// Where to listen.
    pub listen_address: ListenAddress,
    /// Where lines come from, besides those that others write.
    pub sources: Sources,
}

impl Default for Config {
    fn default() -> Config {
        Config {
            limit: 1_000,
            timeout: Duration::from_secs(20),
            retention_time: Duration::from_secs(15 * 86_400),
            retention_size: 0,
            rotation_interval: Duration::from_secs(20),
            compress_after: Duration::ZERO,
            log_data_path: PathBuf::from("data/log"),
            listen_address: ListenAddress {
                host: String::new(),
                port: 6060,
            },
            sources: Sources::default(),
        }
    }
}

impl Config {
    /// The file that is used when none is named, looked for below `directory`.
    pub fn find(directory: &Path) -> Option<PathBuf> {
        let names = |below| NAMES.map(|name| directory.join(below).join(name));
        let mut paths = DIRECTORIES.into_iter().flat_map(names);
        paths.find(|it| it.is_file())
    }

    /// Reads the file at `path`: its meaning, and what in it has none.
    pub fn load(path: &Path) -> Result<(Config, Vec<Fault>), Fault> {
        let file = path.display().to_string();
        match fs::read(path).and_then(|it| String::from_utf8(it).map_err(io::Error::other)) {
            Ok(text) => Config::parse(&file, &text),
            Err(error) => Err(Fault {
                file,
                place: None,
                message: format!("the file cannot be read: {error}"),
            }),
        }
    }

    /// Reads `text`, which stands in `file`: its meaning, and what in it has none.
    pub fn parse(file: &str, text: &str) -> Result<(Config, Vec<Fault>), Fault> {
        let fault = |place, message| Fault {
            file: file.to_owned(),
            place,
            message,
        };
        let mut config = Config::default();
        let mut warnings = Vec::new();
        let mut seen = Vec::new();
        let entries = entries::read(text, &KEYS).map_err(|(place, it)| fault(place, it))?;
        for Entry { path, place, value } in entries {
            let Value::Scalar(value) = value else {
                let message = format!("unknown key `{path}` has no effect");
                warnings.push(fault(place, message));
                continue;
            };
            if seen.contains(&path) {
                return Err(fault(place, format!("duplicate key `{path}`")));
            }
            if let Some(value) = value {
                let note = config
                    .set(&path, &value)
                    .map_err(|it| fault(place, format!("{path}: {it}")))?;
                warnings.extend(note.map(|it| fault(place, format!("{path}: {it}"))));
            }
            seen.push(path);
        }
        config.sources.check().map_err(|it| fault(None, it))?;
        Ok((config, warnings))
    }

    /// How the database that is meant is opened.
    pub fn options(&self) -> Options {
        Options {
            root: self.log_data_path.clone(),
            limit: self.limit,
            timeout: self.timeout,
        }
    }

    /// What is done regularly with the data directory that is meant.
    pub fn maintenance(&self) -> Maintenance {
        Maintenance {
            retention: Retention {
                time: self.retention_time,
                size: self.retention_size,
            },
            compress_after: self.compress_after,
            pause: self.rotation_interval,
        }
    }

    /// Takes over one setting by its keys, such as `retention.time` or
    /// `tail[0].path`. What comes back deserves a look but works; an error says
    /// why the value has no meaning.
    pub fn set(&mut self, path: &str, value: &str) -> Result<Option<String>, String> {
        match path {
            "query.limit" => self.limit = limit(value)?,
            "query.timeout" => self.timeout = measure::seconds(value, Duration::from_millis(1))?,
            "retention.size" => self.retention_size = measure::size(value)?,
            "retention.time" => self.retention_time = measure::days(value)?,
            "retention.rotation_interval" => {
                self.rotation_interval = measure::seconds(value, Duration::from_millis(100))?;
            }
            "retention.size_strategy" if value != "file" => {
                let message = format!("`{value}` has no effect: sizes are those of files");
                return Ok(Some(message));
            }
            "storage.compress_after" => self.compress_after = measure::days(value)?,
            "storage.log_data_path" if value.is_empty() => {
                return Err("the path is empty: name a directory".to_owned());
            }
            "storage.log_data_path" => self.log_data_path = PathBuf::from(value),
            "web.listen_address" => self.listen_address = value.parse()?,
            "web.gin_mode" if !matches!(value, "" | "debug" | "release" | "test") => {
                return Err(format!(
                    "`{value}` is none of `debug`, `release` and `test`"
                ));
            }
            _ => self.sources.set(path, value)?,
        }
        Ok(None)
    }
}

/// A number of rows. `_` may group digits; a leading zero could mean octal.
fn limit(text: &str) -> Result<usize, String> {
    let digits = text.replace('_', "");
    Some(digits.as_str())
        .filter(|it| !it.starts_with(['0', '+']))
        .and_then(|it| it.parse().ok())
        .filter(|it| *it <= MAX_LIMIT)
        .ok_or_else(|| format!("`{text}` is no whole number from 1 to {MAX_LIMIT}"))
}
