//! Adds lines to hour files.
//!
//! Labels and messages are hostile text. A label becomes part of a path or of
//! a line header only after every character that means something there has
//! been replaced, and each line of a message gets a header of its own, so no
//! message can pose as a line of somebody else.
//!
//! A file is opened for each append, as Fluent Bit does for each flush: a file
//! that was rotated away meanwhile is simply created again.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, SecondsFormat, Utc};

use super::append::open_to_append;
use super::layout::Hour;
use crate::letheql::LogType;

/// Longest label that is written; a file name cannot be longer either.
const MAX_LABEL_BYTES: usize = 255;

/// Who wrote a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record<'a> {
    /// A process of a machine, for example `kubelet` on `node01`.
    Node {
        /// Host name; the directory below `node/`.
        node: &'a str,
        /// Name of the process, journald's `SYSLOG_IDENTIFIER`.
        process: &'a str,
    },
    /// A container of a cluster.
    Pod {
        /// Namespace; the directory below `pod/`.
        namespace: &'a str,
        /// Pod name.
        pod: &'a str,
        /// Container name.
        container: &'a str,
    },
}

/// Why a line was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The year does not fit the four digits of a file name.
    #[error("time {0} has no hour file: the year must lie between 0 and 9999")]
    Time(DateTime<Utc>),
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

impl LogWriter {
    /// A writer below `root`, which is created when it is missing.
    pub fn open(root: impl Into<PathBuf>) -> io::Result<LogWriter> {
        let root = root.into();
        fs::create_dir_all(&root)?;
        Ok(LogWriter { root })
    }

    /// Appends `message` to the file of `time`'s hour.
    ///
    /// A message of several lines becomes as many lines with the same time and
    /// labels; a final line break is not a line. Characters that would break
    /// the header are replaced by `_`. All of it is one write in append mode,
    /// so lines of several writers never mix.
    pub fn append(
        &self,
        record: &Record<'_>,
        time: DateTime<Utc>,
        message: impl AsRef<[u8]>,
    ) -> Result<(), WriteError> {
        let hour = Hour::containing(time).ok_or(WriteError::Time(time))?;
        let (log_type, target, header) = header(record, time);
        let directory = self.root.join(log_type.name()).join(target);
        let path = directory.join(hour.file_name());
        let text = lines(&header, message.as_ref());
        append_whole(&directory, &path, text).map_err(|source| WriteError::Io { path, source })
    }
}

/// Type, directory name and `{time}[{labels}] ` of a record.
fn header(record: &Record<'_>, time: DateTime<Utc>) -> (LogType, String, String) {
    let time = time.to_rfc3339_opts(SecondsFormat::Micros, true);
    match record {
        Record::Node { node, process } => {
            let target = directory_name(node);
            let header = format!("{time}[{target}|{}] ", label(process));
            (LogType::Node, target, header)
        }
        Record::Pod {
            namespace,
            pod,
            container,
        } => {
            let target = directory_name(namespace);
            let header = format!("{time}[{target}|{}|{}] ", label(pod), label(container));
            (LogType::Pod, target, header)
        }
    }
}

/// A label as one component of a path, by the rule with which Fluent Bit makes
/// a path of a tag: letters, digits, `-`, `_` and `.` stay, all else is `_`.
fn directory_name(label: &str) -> String {
    let safe = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = label
        .chars()
        .take(MAX_LABEL_BYTES)
        .map(|c| if safe(c) { c } else { '_' })
        .collect();
    if name.chars().all(|c| c == '.') {
        "_".repeat(name.len().max(1))
    } else {
        name
    }
}

/// A label between `[`, `|` and `]`.
fn label(label: &str) -> String {
    let mut kept = String::with_capacity(label.len());
    for c in label.chars() {
        if kept.len() + c.len_utf8() > MAX_LABEL_BYTES {
            break;
        }
        kept.push(if c.is_control() || matches!(c, '|' | ']') {
            '_'
        } else {
            c
        });
    }
    kept
}

/// Every line of the message behind its own header.
fn lines(header: &str, message: &[u8]) -> Vec<u8> {
    let message = message.strip_suffix(b"\n").unwrap_or(message);
    let mut text = Vec::with_capacity(header.len() + message.len() + 2);
    for line in message.split(|byte| *byte == b'\n') {
        text.extend_from_slice(header.as_bytes());
        text.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        text.push(b'\n');
    }
    text
}

fn append_whole(directory: &Path, path: &Path, mut text: Vec<u8>) -> io::Result<()> {
    let mut file = match open_to_append(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            fs::create_dir_all(directory)?;
            open_to_append(path)?
        }
        opened => opened?,
    };
    // A writer that died in the middle of a line must not swallow ours.
    if ends_torn(&mut file)? {
        text.insert(0, b'\n');
    }
    let written = loop {
        match file.write(&text) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            written => break written?,
        }
    };
    if written < text.len() {
        return Err(io::Error::new(
            io::ErrorKind::WriteZero,
            format!("only {written} of {} bytes fitted", text.len()),
        ));
    }
    Ok(())
}

fn ends_torn(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
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
    fn labels_cannot_leave_the_data_directory() {
        for (node, directory) in [
            ("../../etc", ".._.._etc"),
            ("..", "__"),
            (".", "_"),
            ("", "_"),
            ("/etc", "_etc"),
            ("a\0b", "a_b"),
            ("한", "_"),
        ] {
            let (path, _) = written(Record::Node { node, process: "p" }, "x");
            assert_eq!(path, format!("node/{directory}/2009-11-10_22.log"));
        }
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
        assert!(matches!(error, WriteError::Time(_)));
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
