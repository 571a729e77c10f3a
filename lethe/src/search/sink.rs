//! What happens to a hit.

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use super::lines::Header;
use super::time::Timestamp;

/// A wanted line.
#[derive(Debug, Clone, Copy)]
pub struct Hit<'l> {
    /// Its time.
    pub time: Timestamp,
    /// Which of the scanned files it is in.
    pub file: usize,
    /// Where in that file it begins.
    pub offset: u64,
    /// Where its parts are.
    pub header: Header,
    /// The line without its line break.
    pub line: &'l [u8],
}

/// Takes hits in any order.
pub trait Sink {
    /// The oldest time that is still of use, once that is known. Older lines
    /// need not be looked at.
    fn floor(&self) -> Option<Timestamp>;

    /// Takes a hit.
    fn hit(&mut self, hit: &Hit<'_>);
}

/// A line that was kept.
#[derive(Debug, Clone)]
pub struct Row {
    key: (Timestamp, usize, u64),
    header: Header,
    line: Box<[u8]>,
}

impl Row {
    /// When it was written.
    pub fn time(&self) -> Timestamp {
        self.key.0
    }

    /// The time as the file has it.
    pub fn time_text(&self) -> &[u8] {
        self.header.time_text(&self.line)
    }

    /// Its labels, in the order of [`crate::letheql::LogType::labels`].
    pub fn labels(&self) -> impl Iterator<Item = &[u8]> {
        self.header.labels(&self.line)
    }

    /// The message: any bytes but a line break.
    pub fn message(&self) -> &[u8] {
        self.header.message(&self.line)
    }
}

impl PartialEq for Row {
    fn eq(&self, other: &Row) -> bool {
        self.key == other.key
    }
}

impl Eq for Row {}

impl PartialOrd for Row {
    fn partial_cmp(&self, other: &Row) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Row {
    /// By time, then file, then place in the file.
    fn cmp(&self, other: &Row) -> std::cmp::Ordering {
        self.key.cmp(&other.key)
    }
}

/// Keeps the newest rows.
pub struct Newest {
    limit: usize,
    max_bytes: usize,
    rows: BinaryHeap<Reverse<Row>>,
    bytes: usize,
    is_over_bytes: bool,
}

/// The rows that were kept.
pub struct Kept {
    /// In ascending order.
    pub rows: Vec<Row>,
    /// Whether older rows matched as well.
    pub has_more: bool,
}

impl Newest {
    /// Keeps at most `limit` rows, and of these no more than take `max_bytes`.
    pub fn new(limit: usize, max_bytes: usize) -> Newest {
        Newest {
            limit,
            max_bytes,
            rows: BinaryHeap::new(),
            bytes: 0,
            is_over_bytes: false,
        }
    }

    /// Ends the collection.
    pub fn finish(mut self) -> Kept {
        // One row more than the limit is kept all along: it tells that there
        // are more without guessing what unread files hold.
        let has_more = self.is_over_bytes || self.rows.len() > self.limit;
        while self.rows.len() > self.limit {
            self.rows.pop();
        }
        let mut rows: Vec<Row> = self.rows.into_iter().map(|Reverse(row)| row).collect();
        rows.sort_unstable();
        Kept { rows, has_more }
    }
}

impl Sink for Newest {
    fn floor(&self) -> Option<Timestamp> {
        let is_full = self.is_over_bytes || self.rows.len() > self.limit;
        self.rows
            .peek()
            .filter(|_| is_full)
            .map(|Reverse(oldest)| oldest.time())
    }

    fn hit(&mut self, hit: &Hit<'_>) {
        let key = (hit.time, hit.file, hit.offset);
        let is_full = self.is_over_bytes || self.rows.len() > self.limit;
        if is_full
            && self
                .rows
                .peek()
                .is_some_and(|Reverse(oldest)| key < oldest.key)
        {
            return;
        }
        self.bytes += hit.line.len();
        self.rows.push(Reverse(Row {
            key,
            header: hit.header,
            line: hit.line.into(),
        }));
        while self.rows.len() > self.limit + 1
            || (self.bytes > self.max_bytes && self.rows.len() > 1)
        {
            self.is_over_bytes |= self.rows.len() <= self.limit + 1;
            if let Some(Reverse(row)) = self.rows.pop() {
                self.bytes -= row.line.len();
            }
        }
    }
}
