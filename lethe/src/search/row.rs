//! A line that was found, with its place among all lines.

use std::cmp::Ordering;
use std::sync::Arc;

use super::cursor::Cursor;
use super::lines::Header;
use super::time::Timestamp;

/// A line that was kept.
#[derive(Debug, Clone)]
pub struct Row {
    held: Held,
    file: Arc<str>,
}

/// Where a line stands among all lines: by time, then file, then place in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) time: Timestamp,
    /// Which of the scanned files it is in.
    pub(super) file: usize,
    /// Where in that file it begins.
    pub(super) offset: u64,
}

/// A line that is kept as long as no better ones are found.
#[derive(Debug, Clone)]
pub(super) struct Held {
    pub(super) place: Place,
    pub(super) header: Header,
    pub(super) line: Box<[u8]>,
}

impl Row {
    /// A row of the file of that name.
    pub(super) fn new(held: Held, file: Arc<str>) -> Row {
        Row { held, file }
    }

    /// When it was written.
    pub fn time(&self) -> Timestamp {
        self.held.place.time
    }

    /// Where it stands, for queries that go on from it.
    pub fn cursor(&self) -> Cursor {
        Cursor {
            time: self.held.place.time,
            offset: self.held.place.offset,
            file: self.file.to_string(),
        }
    }

    /// The time as the file has it.
    pub fn time_text(&self) -> &[u8] {
        self.held.header.time_text(&self.held.line)
    }

    /// Its labels, in the order of [`crate::letheql::LogType::labels`].
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        self.held.header.labels(&self.held.line)
    }

    /// The message: any bytes but a line break.
    pub fn message(&self) -> &[u8] {
        self.held.header.message(&self.held.line)
    }
}

impl Held {
    /// The memory it takes.
    pub(super) fn size(&self) -> usize {
        size_of::<Row>() + self.line.len()
    }
}

impl PartialEq for Held {
    fn eq(&self, other: &Held) -> bool {
        self.place == other.place
    }
}

impl Eq for Held {}

impl PartialOrd for Held {
    fn partial_cmp(&self, other: &Held) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Held {
    fn cmp(&self, other: &Held) -> Ordering {
        self.place.cmp(&other.place)
    }
}
