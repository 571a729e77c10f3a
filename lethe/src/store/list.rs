//! What is in the store: targets, and the hour files of a time range.

use std::fs::{self, DirEntry};
use std::io;
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use crate::letheql::LogType;

use super::layout::Hour;
use super::packed::plain_name;

/// A directory below a log type: a namespace or a node.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Target {
    /// Its name; bytes that are not UTF-8 are replaced.
    pub name: String,
    /// Where it is.
    pub path: PathBuf,
}

/// A file of log lines, some or all of which may be packed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct HourFile {
    /// Its path below the data directory, as far as it can be written.
    pub name: String,
    /// Where it is, or was before it was packed.
    pub path: PathBuf,
    /// The hour that its name tells.
    pub hour: Hour,
}

/// The targets of a type by name. A data directory that does not exist yet, or
/// has no logs of that type, has none. Links to directories count.
pub fn targets(root: &Path, log_type: LogType) -> io::Result<Vec<Target>> {
    let mut targets: Vec<Target> = entries(&root.join(log_type.name()))?
        .into_iter()
        .map(|entry| Target {
            name: entry.file_name().to_string_lossy().into_owned(),
            path: entry.path(),
        })
        .filter(|it| it.path.is_dir())
        .collect();
    targets.sort();
    Ok(targets)
}

/// The targets of a type that are no links: what these lead to is somebody
/// else's, or counts where it is.
pub fn own_targets(root: &Path, log_type: LogType) -> io::Result<Vec<Target>> {
    if root.join(log_type.name()).is_symlink() {
        return Ok(Vec::new());
    }
    let mut targets = targets(root, log_type)?;
    targets.retain(|it| !it.path.is_symlink());
    Ok(targets)
}

/// The hour files of a target that may hold lines from `start` to `end`, both
/// included. What has no hour in its name is no log file.
pub fn hour_files(
    root: &Path,
    target: &Target,
    start: DateTime<Utc>,
    end: DateTime<Utc>,
) -> io::Result<Vec<HourFile>> {
    let mut files = Vec::new();
    for entry in entries(&target.path)? {
        let Some(hour) = Hour::from_file_name(entry.file_name().as_encoded_bytes()) else {
            continue;
        };
        let path = entry.path();
        if hour.end() <= start || hour.start() > end {
            continue;
        }
        // Directories and pipes hold no lines. What cannot be looked at stays
        // in the list, so that reading it tells why.
        if fs::metadata(&path).is_ok_and(|it| !it.is_file()) {
            continue;
        }
        let path = path.with_file_name(plain_name(entry.file_name()));
        let name = path
            .strip_prefix(root)
            .unwrap_or(&path)
            .to_string_lossy()
            .into_owned();
        files.push(HourFile { name, path, hour });
    }
    files.sort();
    // A packed hour that got late lines is two files and one text.
    files.dedup();
    Ok(files)
}

fn entries(directory: &Path) -> io::Result<Vec<DirEntry>> {
    match fs::read_dir(directory) {
        Ok(entries) => entries.collect(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_not_there_is_empty() {
        let root = tempfile::tempdir().unwrap();
        assert_eq!(targets(root.path(), LogType::Pod).unwrap(), []);
        assert_eq!(
            targets(&root.path().join("missing"), LogType::Node).unwrap(),
            []
        );
    }

    #[test]
    fn strays_are_neither_targets_nor_files() {
        let root = tempfile::tempdir().unwrap();
        let ns = root.path().join("pod/ns");
        fs::create_dir_all(ns.join("2009-11-10_22.log")).unwrap();
        fs::write(root.path().join("pod/README.txt"), "").unwrap();
        for name in [
            "a.log",
            "2009-11-10_21.log",
            "2009-11-10_23.log",
            "lost+found",
        ] {
            fs::write(ns.join(name), "").unwrap();
        }
        let targets = targets(root.path(), LogType::Pod).unwrap();
        assert_eq!(targets.len(), 1);
        let names = |start: &str, end: &str| -> Vec<String> {
            let files = hour_files(root.path(), &targets[0], time(start), time(end)).unwrap();
            files.into_iter().map(|it| it.name).collect()
        };
        let (file_21, file_23) = ("pod/ns/2009-11-10_21.log", "pod/ns/2009-11-10_23.log");
        assert_eq!(
            names("2009-11-10T21:59:59Z", "2009-11-10T23:00:00Z"),
            [file_21, file_23]
        );
        assert_eq!(
            names("2009-11-10T22:00:00Z", "2009-11-10T22:59:59Z"),
            [] as [&str; 0]
        );
    }
}
