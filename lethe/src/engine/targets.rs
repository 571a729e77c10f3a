//! What there is to query, and since when it has been silent.

use std::io;
use std::path::Path;

use chrono::{DateTime, Utc};

use crate::letheql::LogType;
use crate::search::{Timestamp, last_time};
use crate::store::{self, Target};

/// How many of a target's newest files are searched for its last time.
const MAX_FILES_FOR_LAST_TIME: usize = 3;

/// Nodes and namespaces, by type and name.
pub(super) fn targets(root: &Path) -> io::Result<Vec<(LogType, Target)>> {
    let mut all = Vec::new();
    for log_type in LogType::ALL {
        all.extend(
            store::targets(root, log_type)?
                .into_iter()
                .map(|it| (log_type, it)),
        );
    }
    Ok(all)
}

/// The time of the last line of a target.
pub(super) fn last_time_of(root: &Path, target: &Target) -> Option<DateTime<Utc>> {
    let files = store::hour_files(
        root,
        target,
        DateTime::<Utc>::MIN_UTC,
        DateTime::<Utc>::MAX_UTC,
    )
    .ok()?;
    let newest = files.iter().rev().take(MAX_FILES_FOR_LAST_TIME);
    newest
        .filter_map(|it| last_time(&it.path).ok()?)
        .next()
        .map(Timestamp::into)
}
