//! A sink that counts hits in sliding windows, one series for each set of
//! labels.
//!
//! A line counts at all instants from its own time to the length of the window
//! later. Only the first of them and the one behind the last are noted, one up
//! and one down, and sums over these notes are the counts. So a line costs the
//! same however long the window is, and lines may come in any order.

use std::collections::HashMap;

use crate::letheql::Source;

use super::instants::Instants;
use super::sink::{Hit, Sink};
use super::time::TimeRange;

/// Counts in the windows behind some instants.
pub struct WindowCounts {
    instants: Instants,
    /// Nanoseconds.
    window: i128,
    /// What tells the series apart.
    labels: Vec<Source>,
    /// How many counts there may be in all series.
    max_counts: usize,
    series: HashMap<Vec<u8>, Vec<i64>>,
    /// The labels of the hit at hand, as a key.
    key: Vec<u8>,
    is_full: bool,
}

/// The lines of one set of labels.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Counted {
    /// The values of the labels.
    pub labels: Vec<Vec<u8>>,
    /// How many lines lie in the window behind each instant.
    pub counts: Vec<i64>,
}

impl WindowCounts {
    /// Counts in windows of `window_millis` behind `instants`; the values
    /// that lines have from `labels` tell the series apart.
    pub fn new(
        instants: Instants,
        window_millis: u64,
        labels: Vec<Source>,
        max_counts: usize,
    ) -> WindowCounts {
        WindowCounts {
            instants,
            window: i128::from(window_millis) * 1_000_000,
            labels,
            max_counts,
            series: HashMap::new(),
            key: Vec::new(),
            is_full: false,
        }
    }

    /// The times of all lines that count.
    pub fn range(&self) -> TimeRange {
        self.instants.reach(self.window)
    }

    /// All series in the order of their labels; nothing when there are too many.
    pub fn finish(self) -> Option<Vec<Counted>> {
        if self.is_full {
            return None;
        }
        let counted = |(key, mut notes): (Vec<u8>, Vec<i64>)| {
            let mut count = 0;
            for note in &mut notes {
                count += *note;
                *note = count;
            }
            notes.truncate(self.instants.len());
            Counted {
                labels: values(&key),
                counts: notes,
            }
        };
        let mut series: Vec<Counted> = self.series.into_iter().map(counted).collect();
        series.sort_unstable_by(|a, b| a.labels.cmp(&b.labels));
        Some(series)
    }

    /// Room for the notes of a new series: one more than there are instants.
    fn new_series(&mut self) -> Option<Vec<i64>> {
        let len = self.instants.len() + 1;
        self.is_full |= (self.series.len() + 1).saturating_mul(len) > self.max_counts;
        (!self.is_full).then(|| vec![0; len])
    }
}

impl Sink for WindowCounts {
    fn narrow(&self, range: &mut TimeRange) {
        // When there is no answer anyway, no more lines are read.
        if self.is_full {
            range.end = range
                .end
                .min(super::Timestamp::from_nanos(range.start.nanos() - 1));
        }
    }

    fn hit(&mut self, hit: &Hit<'_>) {
        let instants = self.instants.seeing(hit.time, self.window);
        if instants.is_empty() {
            return;
        }
        self.key.clear();
        for label in &self.labels {
            let value = hit.line.value(label);
            push_value(&mut self.key, &value.unwrap_or_default());
        }
        if !self.series.contains_key(self.key.as_slice()) {
            let Some(notes) = self.new_series() else {
                return;
            };
            self.series.insert(self.key.clone(), notes);
        }
        let Some(notes) = self.series.get_mut(self.key.as_slice()) else {
            return;
        };
        for (at, note) in [(instants.start, 1), (instants.end, -1)] {
            if let Some(it) = notes.get_mut(at) {
                *it += note;
            }
        }
    }

    fn split(&self) -> WindowCounts {
        WindowCounts {
            instants: self.instants,
            window: self.window,
            labels: self.labels.clone(),
            max_counts: self.max_counts,
            series: HashMap::new(),
            key: Vec::new(),
            is_full: false,
        }
    }

    fn merge(&mut self, other: WindowCounts) {
        self.is_full |= other.is_full;
        for (key, more) in other.series {
            if let Some(notes) = self.series.get_mut(&key) {
                for (note, more) in notes.iter_mut().zip(more) {
                    *note += more;
                }
            } else if self.new_series().is_some() {
                self.series.insert(key, more);
            }
        }
    }
}

/// Values of a key stand one behind the other, each with its length before it.
fn push_value(key: &mut Vec<u8>, value: &[u8]) {
    key.extend_from_slice(&value.len().to_le_bytes());
    key.extend_from_slice(value);
}

fn values(key: &[u8]) -> Vec<Vec<u8>> {
    let mut values = Vec::new();
    let mut rest = key;
    while let Some((len, tail)) = rest.split_first_chunk() {
        let (value, tail) = tail
            .split_at_checked(usize::from_le_bytes(*len))
            .unwrap_or_default();
        values.push(value.to_vec());
        rest = tail;
    }
    values
}
