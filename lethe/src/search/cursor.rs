//! A place among all lines that holds from one query to the next.

use std::fmt;
use std::str::FromStr;

use crate::store::HourFile;

use super::row::Place;
use super::time::Timestamp;

/// The place of a line: its time, its file, and where it begins in the file.
/// As text `seconds.nanoseconds:offset:file`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    /// The time of the line.
    pub time: Timestamp,
    /// Where in the file it begins.
    pub offset: u64,
    /// The name of the file below the data directory.
    pub file: String,
}

/// A text that is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: use one from an answer")]
pub struct NoCursor;

/// Where a cursor stands among the lines of some files, even if its own file
/// has been removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Mark {
    time: Timestamp,
    file: usize,
    /// Nothing when the file is gone: before all lines of the next one.
    offset: Option<u64>,
}

impl Cursor {
    /// Its place in `files`, which are in the order of their names.
    pub(super) fn mark(&self, files: &[HourFile]) -> Mark {
        let file = files.partition_point(|it| it.name < self.file);
        let is_there = files.get(file).is_some_and(|it| it.name == self.file);
        Mark {
            time: self.time,
            file,
            offset: is_there.then_some(self.offset),
        }
    }
}

impl Mark {
    /// How a place compares to it.
    pub(super) fn order_of(&self, place: Place) -> std::cmp::Ordering {
        (place.time, place.file, Some(place.offset)).cmp(&(self.time, self.file, self.offset))
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let nanos = self.time.nanos().rem_euclid(1_000_000_000);
        let seconds = self.time.seconds();
        write!(f, "{seconds}.{nanos:09}:{}:{}", self.offset, self.file)
    }
}

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Cursor, NoCursor> {
        let parse = || {
            let mut parts = text.splitn(3, ':');
            let (seconds, nanos) = parts.next()?.split_once('.')?;
            let nanos = Some(nanos).filter(|it| it.len() == 9)?;
            Some(Cursor {
                time: Timestamp::new(seconds.parse().ok()?, nanos.parse().ok()?),
                offset: parts.next()?.parse().ok()?,
                file: parts.next()?.to_owned(),
            })
        };
        parse().ok_or(NoCursor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cursors_read_back(seconds in any::<i64>(), nanos in 0u32..1_000_000_000, offset in any::<u64>(), file in any::<String>()) {
            let cursor = Cursor { time: Timestamp::new(seconds, nanos), offset, file };
            prop_assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }

        #[test]
        fn no_text_panics(text in any::<String>()) {
            let _ = text.parse::<Cursor>();
        }
    }
}
