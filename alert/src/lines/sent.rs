//! Which lines a receiver was already told, so that a message repeats none.

use serde::{Deserialize, Serialize};
use venti_model::answer::LogRow;
use xxhash_rust::xxh64::xxh64;

use super::time_of;
use crate::time::Timestamp;

/// Lines that were sent, by time and hash. Both are needed: a line may come late, and then it is
/// older than others and still new.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentLines(Vec<(Timestamp, u64)>);

impl SentLines {
    /// The lines among `rows` that were not sent yet, in their order.
    pub fn unsent<'a>(&self, rows: &'a [LogRow]) -> Vec<&'a LogRow> {
        let is_new = |row: &&LogRow| !self.0.contains(&mark(row));
        rows.iter().filter(is_new).collect()
    }

    /// Notes that `rows` were sent. Lines from before the oldest of them are forgotten: no later
    /// window reaches them.
    pub fn record(&mut self, rows: &[LogRow]) {
        let marks: Vec<_> = rows.iter().map(mark).collect();
        let Some(oldest) = marks.iter().map(|(at, _)| *at).min() else {
            return;
        };
        self.0.retain(|(at, _)| *at >= oldest);
        for mark in marks {
            if !self.0.contains(&mark) {
                self.0.push(mark);
            }
        }
    }
}

fn mark(row: &LogRow) -> (Timestamp, u64) {
    let parts = [
        Some(&row.log),
        row.pod.as_ref(),
        row.container.as_ref(),
        row.process.as_ref(),
    ];
    let hash = parts
        .into_iter()
        .flatten()
        .fold(0, |seed, part| xxh64(part.as_bytes(), seed));
    (time_of(row).unwrap_or_default(), hash)
}
