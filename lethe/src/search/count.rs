//! Sinks that count hits instead of keeping them.

use std::collections::BTreeSet;

use super::sink::{Hit, Sink};
use super::time::TimeRange;
use crate::level::Level;

/// Hits in each stretch of time, by level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Histogram {
    first: i64,
    step: i64,
    counts: Vec<[u64; Level::ALL.len()]>,
}

impl Histogram {
    /// Buckets of `step` seconds that cover `range`, aligned to multiples of
    /// the step. Nothing when there would be more than `max_buckets`.
    pub fn new(range: &TimeRange, step: i64, max_buckets: usize) -> Option<Histogram> {
        let step = step.max(1);
        let first = range.start.seconds().div_euclid(step).checked_mul(step)?;
        let span = range.end.seconds().checked_sub(first)?;
        // A range that ends before it starts has no buckets.
        let n_buckets = usize::try_from(span.div_euclid(step).max(-1) + 1).ok()?;
        (n_buckets <= max_buckets).then(|| Histogram {
            first,
            step,
            counts: vec![[0; Level::ALL.len()]; n_buckets],
        })
    }

    /// The counts of a level: the first second of each bucket and its hits.
    pub fn of(&self, level: Level) -> impl Iterator<Item = (i64, u64)> + '_ {
        let starts = (0..).map(|number| self.first + number * self.step);
        starts.zip(
            self.counts
                .iter()
                .map(move |it| it.get(level as usize).copied().unwrap_or(0)),
        )
    }

    /// All hits of a level.
    pub fn total(&self, level: Level) -> u64 {
        self.of(level).map(|(_, count)| count).sum()
    }
}

impl Sink for Histogram {
    fn hit(&mut self, hit: &Hit<'_>) {
        let number = (hit.time.seconds() - self.first).div_euclid(self.step);
        let level = Level::of(hit.line.message());
        let bucket = usize::try_from(number)
            .ok()
            .and_then(|it| self.counts.get_mut(it));
        if let Some(count) = bucket.and_then(|it| it.get_mut(level as usize)) {
            *count += 1;
        }
    }

    fn split(&self) -> Histogram {
        Histogram {
            counts: vec![[0; Level::ALL.len()]; self.counts.len()],
            ..*self
        }
    }

    fn merge(&mut self, other: Histogram) {
        let all = self.counts.as_flattened_mut().iter_mut();
        for (count, more) in all.zip(other.counts.as_flattened()) {
            *count += more;
        }
    }
}

/// The different values of one label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelValues {
    label: usize,
    limit: usize,
    values: BTreeSet<Vec<u8>>,
    has_more: bool,
}

impl LabelValues {
    /// Collects at most `limit` values of a label, given by its place in
    /// [`crate::letheql::LogType::labels`].
    pub fn new(label: usize, limit: usize) -> LabelValues {
        LabelValues {
            label,
            limit,
            values: BTreeSet::new(),
            has_more: false,
        }
    }

    fn insert(&mut self, value: Vec<u8>) {
        self.values.insert(value);
        // The first in their order stay, whatever order they come in.
        if self.values.len() > self.limit {
            self.values.pop_last();
            self.has_more = true;
        }
    }

    /// The values in their order, and whether there are more.
    pub fn finish(self) -> (Vec<Vec<u8>>, bool) {
        (self.values.into_iter().collect(), self.has_more)
    }
}

impl Sink for LabelValues {
    fn hit(&mut self, hit: &Hit<'_>) {
        if let Some(value) = hit.line.label(self.label)
            && !self.values.contains(value)
        {
            self.insert(value.to_vec());
        }
    }

    fn split(&self) -> LabelValues {
        LabelValues::new(self.label, self.limit)
    }

    fn merge(&mut self, other: LabelValues) {
        self.has_more |= other.has_more;
        for value in other.values {
            self.insert(value);
        }
    }
}
