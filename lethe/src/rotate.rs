//! Rotation: deletes log files that are too old or too many, and target
//! directories that have been empty for a day.
//!
//! What is a log file is decided as for queries: a file of an hour, in a target
//! of a log type. Nothing else is counted or touched, nor is anything behind a
//! link to a directory. The hour being written, and what is newer, stays.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};

use crate::letheql::LogType;
use crate::store::{self, Hour};

/// How long a directory stays when it is empty.
const EMPTY_TARGET_STAYS: TimeDelta = TimeDelta::hours(24);

/// What may stay. By default all does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Retention {
    /// Files of hours before the one this long ago are deleted, so a line lives
    /// up to an hour longer. Zero keeps all.
    pub time: Duration,
    /// The oldest files are deleted until all take fewer bytes. Zero keeps all.
    pub size: u64,
}

/// What a rotation did.
#[derive(Debug, Default)]
pub struct Rotation {
    /// The files that were deleted for their age, then those for their size.
    pub deleted: Vec<PathBuf>,
    /// The empty directories that were removed.
    pub pruned: Vec<PathBuf>,
    /// What could not be listed or deleted, and why. The next rotation tries again.
    pub failed: Vec<(PathBuf, io::Error)>,
    /// How many bytes the deleted files had.
    pub deleted_bytes: u64,
    /// Whether nothing is done but said.
    is_preview: bool,
}

/// A log file, in the order of deletion.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct File {
    hour: Hour,
    path: PathBuf,
    bytes: u64,
}

/// Deletes below `root` what `retention` does not let stay at the time `now`.
pub fn rotate(root: &Path, retention: Retention, now: DateTime<Utc>) -> Rotation {
    Rotation::default().run(root, retention, now)
}

/// What [`rotate`] would delete; nothing is.
pub fn preview(root: &Path, retention: Retention, now: DateTime<Utc>) -> Rotation {
    let rotation = Rotation {
        is_preview: true,
        ..Rotation::default()
    };
    rotation.run(root, retention, now)
}

/// The first hour whose files stay, if there is a bound by age.
fn oldest_hour(time: Duration, now: DateTime<Utc>) -> Option<Hour> {
    let time = TimeDelta::from_std(time).ok().filter(|it| !it.is_zero())?;
    Hour::containing(now.checked_sub_signed(time)?)
}

impl Rotation {
    fn run(mut self, root: &Path, retention: Retention, now: DateTime<Utc>) -> Rotation {
        let rotation = &mut self;
        let targets = rotation.targets(root);
        let mut files: Vec<File> = targets.iter().flat_map(|it| rotation.files(it)).collect();
        files.sort();
        if let Some(oldest) = oldest_hour(retention.time, now) {
            files.retain(|it| it.hour >= oldest || !rotation.delete(it));
        }
        if let (1.., Some(current)) = (retention.size, Hour::containing(now)) {
            let sizes = files.iter().map(|it| it.bytes);
            let mut used = sizes.fold(0u64, u64::saturating_add);
            for file in files.iter().take_while(|it| it.hour < current) {
                if used < retention.size {
                    break;
                }
                if rotation.delete(file) {
                    used = used.saturating_sub(file.bytes);
                }
            }
        }
        for target in &targets {
            rotation.prune(target, now);
        }
        self
    }

    /// The target directories of all types.
    fn targets(&mut self, root: &Path) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for log_type in LogType::ALL {
            let directory = root.join(log_type.name());
            let targets = self.or_failed(&directory, store::own_targets(root, log_type));
            found.extend(targets.unwrap_or_default().into_iter().map(|it| it.path));
        }
        found
    }

    fn files(&mut self, target: &Path) -> Vec<File> {
        let entries = fs::read_dir(target).and_then(Iterator::collect::<io::Result<Vec<_>>>);
        let entries = self.or_failed(target, entries).unwrap_or_default();
        let file = |entry: DirEntry| {
            let hour = Hour::from_file_name(entry.file_name().as_encoded_bytes())?;
            let path = entry.path();
            let state = entry.metadata();
            let bytes = self
                .or_failed(&path, state)
                .filter(|it| it.is_file() || it.is_symlink())?
                .len();
            Some(File { hour, path, bytes })
        };
        entries.into_iter().filter_map(file).collect()
    }

    /// Whether the file is gone, whoever deleted it.
    fn delete(&mut self, file: &File) -> bool {
        let deleted = if self.is_preview {
            Ok(())
        } else {
            fs::remove_file(&file.path)
        };
        match deleted {
            Ok(()) => {
                self.deleted.push(file.path.clone());
                self.deleted_bytes += file.bytes;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => {
                self.failed.push((file.path.clone(), error));
                return false;
            }
        }
        true
    }

    /// Removes a target that has been empty for long. Removing a directory
    /// fails when something is in it, so a line that comes meanwhile is safe.
    fn prune(&mut self, target: &Path, now: DateTime<Utc>) {
        let is_empty = fs::read_dir(target).is_ok_and(|mut it| it.next().is_none());
        let changed = fs::metadata(target).and_then(|it| it.modified());
        let is_old = changed.is_ok_and(|it| {
            now.signed_duration_since(DateTime::<Utc>::from(it)) > EMPTY_TARGET_STAYS
        });
        if !self.is_preview
            && is_empty
            && is_old
            && self.or_failed(target, fs::remove_dir(target)).is_some()
        {
            self.pruned.push(target.to_owned());
        }
    }

    /// The value, or nothing once the error has been noted. What has vanished
    /// meanwhile is no error.
    fn or_failed<T>(&mut self, path: &Path, result: io::Result<T>) -> Option<T> {
        match result {
            Ok(value) => return Some(value),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => self.failed.push((path.to_owned(), error)),
        }
        None
    }
}
