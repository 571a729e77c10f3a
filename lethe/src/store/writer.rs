//! Adds lines to hour files.
//!
//! A file is opened for each append, as Fluent Bit does for each flush: a file
//! that was rotated away or packed meanwhile is simply created again. It is
//! locked while it is written to; other programs may append to it without.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};

use super::append::open_to_append;
use super::batch::{Batch, HourPath, PlaceError};
use super::line::Record;

/// Why a line was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The line has no place.
    #[error(transparent)]
    Place(#[from] PlaceError),
    /// The directory or the file could not be written.
    #[error("could not append to {path}")]
    Io {
        /// The hour file.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: io::Error,
    },
}

/// Appends lines below one data directory. Cheap to clone; may be used by many
/// threads and beside other writers of the same files.
#[derive(Debug, Clone)]
pub struct LogWriter {
    root: PathBuf,
}

/// A file that has its new lines, perhaps only in memory.
#[derive(Debug)]
pub struct Appended {
    path: PathBuf,
    file: File,
    is_new: bool,
}

impl LogWriter {
    /// A writer below `root`, which is created when it is missing.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<LogWriter> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(LogWriter { root })
    }

    /// Appends `message` to the file of `time`'s hour, as [`Batch::push`] says.
    pub fn append(
        &self,
        record: &Record<'_>,
        time: DateTime<Utc>,
        message: impl AsRef<[u8]>,
    ) -> Result<(), WriteError> {
        let mut batch = Batch::default();
        batch.push(record, time, message.as_ref())?;
        for (path, lines) in batch.into_files() {
            self.append_lines(&path, &lines)?;
        }
        Ok(())
    }

    /// Appends whole lines, of which each ends with a line break. All of it is
    /// one write in append mode, so lines of several writers never mix. When it
    /// fails, nothing of it stays in the file, unless somebody else has
    /// appended meanwhile.
    pub fn append_lines(&self, path: &HourPath, lines: &[u8]) -> Result<Appended, WriteError> {
        let path = self.root.join(path.as_str());
        match append_whole(&path, lines) {
            Ok((file, is_new)) => Ok(Appended { path, file, is_new }),
            Err(source) => Err(WriteError::Io { path, source }),
        }
    }
}

impl Appended {
    /// Returns once the lines outlive a power failure.
    pub fn sync(&self) -> Result<(), WriteError> {
        let mut synced = self.file.sync_data();
        if self.is_new && synced.is_ok() {
            // Directories of target, type and root: any of them may be new.
            synced = self
                .path
                .ancestors()
                .skip(1)
                .take(3)
                .try_for_each(sync_directory);
        }
        synced.map_err(|source| WriteError::Io {
            path: self.path.clone(),
            source,
        })
    }
}

#[cfg(unix)]
fn sync_directory(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// Elsewhere directories cannot be opened, and need not be.
#[cfg(not(unix))]
fn sync_directory(_path: &Path) -> io::Result<()> {
    Ok(())
}

/// The file, and whether it is new.
fn append_whole(path: &Path, lines: &[u8]) -> io::Result<(File, bool)> {
    let mut file = match open_to_append(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            if let Some(directory) = path.parent() {
                fs::create_dir_all(directory)?;
            }
            open_to_append(path)?
        }
        opened => opened?,
    };
    let len = file.metadata()?.len();
    // A writer that died in the middle of a line must not swallow ours.
    let written = match ends_torn(&mut file, len)? {
        false => write_whole(&mut file, len, lines),
        true => write_whole(&mut file, len, &[b"\n", lines].concat()),
    };
    // Syncing may take long, and who packs the file meanwhile has our lines.
    match file.unlock() {
        Err(error) if error.kind() != io::ErrorKind::Unsupported => return Err(error),
        _ => written?,
    }
    Ok((file, len == 0))
}

fn write_whole(file: &mut File, len: u64, text: &[u8]) -> io::Result<()> {
    file.write_all(text).inspect_err(|_| {
        // What fits of it on a full disk goes again, or each repetition would
        // leave its first lines. Where that fails too, the next writer ends
        // the torn line.
        let grown = file.metadata().map_or(0, |it| it.len().saturating_sub(len));
        if (1..=text.len() as u64).contains(&grown) {
            let _ = file.set_len(len);
        }
    })
}

fn ends_torn(file: &mut File, len: u64) -> io::Result<bool> {
    if len == 0 {
        return Ok(false);
    }
    let mut last = [0];
    file.seek(SeekFrom::End(-1))?;
    file.read_exact(&mut last)?;
    Ok(last != *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn time() -> DateTime<Utc> {
        "2009-11-10T22:59:00.5Z".parse().unwrap()
    }

    fn written(record: Record<'_>, message: &str) -> (String, String) {
        let root = tempfile::tempdir().unwrap();
        let writer = LogWriter::open(root.path()).unwrap();
        writer.append(&record, time(), message).unwrap();
        let mut files = files_below(root.path());
        assert_eq!(files.len(), 1);
        let path = files.remove(0);
        let text = fs::read_to_string(&path).unwrap();
        (
            path.strip_prefix(root.path())
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned(),
            text,
        )
    }

    fn files_below(directory: &Path) -> Vec<PathBuf> {
        let mut files = Vec::new();
        for entry in fs::read_dir(directory).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                files.extend(files_below(&path))
            } else {
                files.push(path)
            }
        }
        files
    }

    #[test]
    fn a_line_goes_to_the_file_of_its_hour() {
        let pod = Record::Pod {
            namespace: "default",
            pod: "web-0",
            container: "web",
        };
        assert_eq!(
            written(pod, "hello"),
            (
                "pod/default/2009-11-10_22.log".to_owned(),
                "2009-11-10T22:59:00.500000Z[default|web-0|web] hello\n".to_owned()
            )
        );
        let node = Record::Node {
            node: "node01",
            process: "kubelet",
        };
        assert_eq!(
            written(node, ""),
            (
                "node/node01/2009-11-10_22.log".to_owned(),
                "2009-11-10T22:59:00.500000Z[node01|kubelet] \n".to_owned()
            )
        );
    }

    #[test]
    fn each_line_of_a_message_has_its_header() {
        let node = Record::Node {
            node: "n",
            process: "p",
        };
        let (_, text) = written(node, "a\r\n2009-11-10T22:00:00Z[n|sshd] forged\n");
        assert_eq!(
            text,
            "2009-11-10T22:59:00.500000Z[n|p] a\n\
             2009-11-10T22:59:00.500000Z[n|p] 2009-11-10T22:00:00Z[n|sshd] forged\n"
        );
    }

    #[test]
    fn a_torn_last_line_stays_alone() {
        let root = tempfile::tempdir().unwrap();
        let writer = LogWriter::open(root.path()).unwrap();
        let directory = root.path().join("node/n");
        fs::create_dir_all(&directory).unwrap();
        let path = directory.join("2009-11-10_22.log");
        fs::write(&path, "2009-11-10T22:5").unwrap();
        writer
            .append(
                &Record::Node {
                    node: "n",
                    process: "p",
                },
                time(),
                "x",
            )
            .unwrap();
        assert_eq!(
            fs::read_to_string(path).unwrap(),
            "2009-11-10T22:5\n2009-11-10T22:59:00.500000Z[n|p] x\n"
        );
    }

    #[test]
    fn an_impossible_time_is_an_error() {
        let root = tempfile::tempdir().unwrap();
        let writer = LogWriter::open(root.path()).unwrap();
        let record = Record::Node {
            node: "n",
            process: "p",
        };
        let error = writer
            .append(&record, DateTime::<Utc>::MAX_UTC, "x")
            .unwrap_err();
        assert!(matches!(error, WriteError::Place(PlaceError::Time(_))));
    }

    proptest! {
        #[test]
        fn any_text_makes_whole_lines_below_the_root(
            node in any::<String>(), process in any::<String>(), message in any::<String>(),
        ) {
            let (path, text) = written(Record::Node { node: &node, process: &process }, &message);
            prop_assert_eq!(path.split('/').count(), 3);
            prop_assert!(text.ends_with('\n'));
            for line in text.lines() {
                prop_assert!(line.starts_with("2009-11-10T22:59:00.500000Z["));
                let rest = line.split_once('[').unwrap().1;
                let labels = rest.split_once("] ").unwrap().0;
                prop_assert_eq!(labels.split('|').count(), 2);
            }
        }
    }
}
