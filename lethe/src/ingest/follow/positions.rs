//! How far files were read.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::Metadata;
use std::path::PathBuf;

use serde::{Deserialize, Serialize};

/// Which file it is, whatever it is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub(super) struct Identity {
    device: u64,
    number: u64,
}

impl Identity {
    #[cfg(unix)]
    pub(super) fn of(metadata: &Metadata) -> Identity {
        use std::os::unix::fs::MetadataExt;
        Identity {
            device: metadata.dev(),
            number: metadata.ino(),
        }
    }

    /// Elsewhere a file is known by the time of its creation.
    #[cfg(not(unix))]
    pub(super) fn of(metadata: &Metadata) -> Identity {
        let created = metadata.created().ok();
        let since = created.and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
        Identity {
            device: 0,
            number: since.map_or(0, |it| it.as_nanos() as u64),
        }
    }
}

/// How far one file was read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Position {
    pub(super) identity: Identity,
    /// What it was called last.
    pub(super) path: PathBuf,
    /// Bytes of whole lines that are on disk.
    pub(super) offset: u64,
    /// Its first bytes: a file that begins otherwise is another one, even if
    /// the system gave it the same number.
    pub(super) head: Vec<u8>,
    /// The pattern by which it was found.
    pub(super) pattern: String,
}

/// How far all files were read.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Positions {
    /// Patterns whose files were looked at before.
    pub(super) patterns: BTreeSet<String>,
    pub(super) files: Vec<Position>,
}

impl Positions {
    pub(super) fn into_map(self) -> BTreeMap<Identity, Position> {
        self.files.into_iter().map(|it| (it.identity, it)).collect()
    }
}
