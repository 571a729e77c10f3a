//! Lines that are written together, by the file that they belong to.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::fmt::{self, Write};

use chrono::{DateTime, Utc};

use super::layout::Hour;
use super::line::{self, Record, TimeText};
use crate::letheql::LogType;

/// Longest text of one batch. A message of many short lines grows by a header
/// for each of them.
const MAX_BYTES: usize = 128 << 20;

/// The path of an hour file below the data directory. It cannot name anything
/// else: `pod/<namespace>/<YYYY-MM-DD_HH>.log` or `node/<node>/….log`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct HourPath(String);

impl HourPath {
    fn write(text: &mut String, log_type: LogType, target: &str, hour: &str) {
        text.clear();
        for part in [log_type.name(), "/", target, "/", hour] {
            text.push_str(part);
        }
    }

    /// What it is, with `/` between its parts.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for HourPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for HourPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Why a line cannot be part of a batch.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// The year does not fit the four digits of a file name.
    #[error("time {0} has no hour file: the year must lie between 0 and 9999")]
    Time(DateTime<Utc>),
    /// More text than is written at once.
    #[error("the message is too long, or has too many lines")]
    TooLong,
}

/// Lines on their way to their files.
#[derive(Debug, Default)]
pub struct Batch {
    files: HashMap<HourPath, Vec<u8>>,
    n_lines: u64,
    n_bytes: usize,
    // All below is kept between lines only because it seldom changes.
    time: TimeText,
    hour: Option<(i64, String)>,
    path: String,
    header: Vec<u8>,
}

impl Batch {
    /// Adds a message to the file of `time`'s hour.
    ///
    /// A message of several lines becomes as many lines with the same time and
    /// labels; a final line break is not a line. Characters that would break
    /// the header are replaced by `_`.
    pub fn push(
        &mut self,
        record: &Record<'_>,
        time: DateTime<Utc>,
        message: &[u8],
    ) -> Result<(), PlaceError> {
        let target = record.target();
        let since_1970 = time.timestamp().div_euclid(3_600);
        let hour = match &self.hour {
            Some((known, name)) if *known == since_1970 => name,
            _ => {
                let hour = Hour::containing(time).ok_or(PlaceError::Time(time))?;
                &self.hour.insert((since_1970, hour.file_name())).1
            }
        };
        HourPath::write(&mut self.path, record.log_type(), &target, hour);
        self.header.clear();
        record.push_header(self.time.of(time), &target, &mut self.header);
        self.push_message(message)
    }

    /// Adds a message behind a header that is complete already, to the file of
    /// an hour. The header must not hold a line break.
    pub fn push_with_header(
        &mut self,
        (log_type, target, hour): (LogType, &str, Hour),
        header: &[u8],
        message: &[u8],
    ) -> Result<(), PlaceError> {
        self.path.clear();
        let target = line::directory_name(target);
        // Writing to a text cannot fail.
        let _ = write!(self.path, "{}/{target}/{hour}.log", log_type.name());
        self.header.clear();
        self.header.extend_from_slice(header);
        self.push_message(message)
    }

    fn push_message(&mut self, message: &[u8]) -> Result<(), PlaceError> {
        let len = line::max_len(&self.header, message);
        if len > MAX_BYTES - self.n_bytes.min(MAX_BYTES) {
            return Err(PlaceError::TooLong);
        }
        let text = match self.files.get_mut(self.path.as_str()) {
            Some(text) => text,
            None => self.files.entry(HourPath(self.path.clone())).or_default(),
        };
        let before = text.len();
        self.n_lines += line::push_lines(text, &self.header, message);
        self.n_bytes += text.len() - before;
        Ok(())
    }

    /// How many lines there are.
    pub fn n_lines(&self) -> u64 {
        self.n_lines
    }

    /// How many bytes they take.
    pub fn n_bytes(&self) -> usize {
        self.n_bytes
    }

    /// The files, each with the lines that go there.
    pub fn into_files(self) -> impl Iterator<Item = (HourPath, Vec<u8>)> {
        self.files.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn time(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    fn files(batch: Batch) -> Vec<(String, String)> {
        let text = |(path, text): (HourPath, Vec<u8>)| {
            (path.to_string(), String::from_utf8(text).unwrap())
        };
        let mut files: Vec<_> = batch.into_files().map(text).collect();
        files.sort();
        files
    }

    #[test]
    fn lines_go_to_the_file_of_their_hour() {
        let mut batch = Batch::default();
        let record = Record::Pod {
            namespace: "default",
            pod: "web-0",
            container: "web",
        };
        for (at, message) in [
            ("2009-11-10T22:59:00.5Z", "first"),
            ("2009-11-10T23:00:00Z", "second\nthird"),
            ("2009-11-10T22:00:00Z", "late"),
            ("1969-12-31T23:59:59Z", "old"),
        ] {
            batch.push(&record, time(at), message.as_bytes()).unwrap();
        }
        assert_eq!(batch.n_lines(), 5);
        let header = "[default|web-0|web]";
        let expected = [
            (
                "pod/default/1969-12-31_23.log",
                format!("1969-12-31T23:59:59.000000Z{header} old\n"),
            ),
            (
                "pod/default/2009-11-10_22.log",
                format!(
                    "2009-11-10T22:59:00.500000Z{header} first\n\
                     2009-11-10T22:00:00.000000Z{header} late\n"
                ),
            ),
            (
                "pod/default/2009-11-10_23.log",
                format!(
                    "2009-11-10T23:00:00.000000Z{header} second\n\
                     2009-11-10T23:00:00.000000Z{header} third\n"
                ),
            ),
        ];
        let n_bytes: usize = expected.iter().map(|it| it.1.len()).sum();
        assert_eq!(batch.n_bytes(), n_bytes);
        assert_eq!(
            files(batch),
            expected.map(|(path, text)| (path.to_owned(), text))
        );
    }

    #[test]
    fn impossible_times_and_endless_messages_are_refused() {
        let mut batch = Batch::default();
        let record = Record::Node {
            node: "n",
            process: &"p".repeat(255),
        };
        let never = DateTime::<Utc>::MAX_UTC;
        assert_eq!(
            batch.push(&record, never, b"x"),
            Err(PlaceError::Time(never))
        );
        let breaks = vec![b'\n'; 1 << 20];
        let refused = batch.push(&record, time("2009-11-10T22:59:00Z"), &breaks);
        assert_eq!(refused, Err(PlaceError::TooLong));
        assert_eq!(batch.n_bytes(), 0);
    }
}
