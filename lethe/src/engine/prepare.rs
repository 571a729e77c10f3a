//! Learns the times in files before anybody asks for them.
//!
//! A first question would otherwise have to: a scan leaves out only what it
//! knows to be of no use, and all of a file has to be read to know that.

use std::cmp::Reverse;
use std::path::PathBuf;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::search::{Cancel, IndexError, TimeIndex};
use crate::store;

use super::targets::targets;

/// Files to look at, ready to run on a thread that may block.
pub(super) struct Preparation {
    pub(super) root: PathBuf,
    pub(super) index: Arc<TimeIndex>,
    /// First time of the hours that are looked at.
    pub(super) from: DateTime<Utc>,
    /// Last time of them.
    pub(super) upto: DateTime<Utc>,
}

impl Preparation {
    /// Learns what is not known yet, newest hours first. What cannot be read is
    /// passed over: a question that needs it tells why.
    pub(super) fn run(self, cancel: &Cancel) {
        let mut files = Vec::new();
        for (_, target) in targets(&self.root).unwrap_or_default() {
            let found = store::hour_files(&self.root, &target, self.from, self.upto);
            files.extend(found.unwrap_or_default());
        }
        files.sort_by_key(|it| Reverse(it.hour));
        for file in files {
            if let Err(IndexError::Interrupted(_)) = self.index.prepare(&file.path, cancel) {
                return;
            }
        }
    }
}
