//! How much of the disk log files take.

use std::fs;
use std::path::Path;

use crate::letheql::LogType;

use super::layout::Hour;
use super::list::own_targets;
use super::packed::is_packed_name;

/// Files of one log type, by form, as far as they can be listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Usage {
    /// Plain hour files.
    pub plain_files: u64,
    /// Their bytes.
    pub plain_bytes: u64,
    /// Packed hour files.
    pub packed_files: u64,
    /// Their bytes.
    pub packed_bytes: u64,
}

/// What the files of a type take, as rotation counts them.
pub fn usage(root: &Path, log_type: LogType) -> Usage {
    let mut usage = Usage::default();
    for target in own_targets(root, log_type).unwrap_or_default() {
        for entry in fs::read_dir(&target.path).into_iter().flatten().flatten() {
            let name = entry.file_name();
            let is_hour = Hour::from_file_name(name.as_encoded_bytes()).is_some();
            let Some(state) = entry.metadata().ok().filter(|it| is_hour && !it.is_dir()) else {
                continue;
            };
            let (files, bytes) = if is_packed_name(&name) {
                (&mut usage.packed_files, &mut usage.packed_bytes)
            } else {
                (&mut usage.plain_files, &mut usage.plain_bytes)
            };
            *files += 1;
            *bytes = bytes.saturating_add(state.len());
        }
    }
    usage
}
