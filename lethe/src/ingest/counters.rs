//! What ingestion did so far, for metrics and for a log that stays short.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use crate::store::{HourPath, WriteError};

use super::refusal::Refusal;

/// Numbers that only grow, but for [`Counters::open_connections`].
#[derive(Debug, Default)]
pub struct Counters {
    lines: AtomicU64,
    bytes: AtomicU64,
    refused: [AtomicU64; Refusal::ALL.len()],
    connections: AtomicU64,
    closed_connections: AtomicU64,
    rejected_connections: AtomicU64,
    malformed_messages: AtomicU64,
    acknowledgements: AtomicU64,
    commits: AtomicU64,
    sync_nanos: AtomicU64,
    write_failures: AtomicU64,
}

impl Counters {
    /// Lines that are on disk.
    pub fn lines(&self) -> u64 {
        self.lines.load(Relaxed)
    }

    /// Bytes of these lines.
    pub fn bytes(&self) -> u64 {
        self.bytes.load(Relaxed)
    }

    /// Records that could not be placed, for one reason.
    pub fn refused(&self, refusal: Refusal) -> u64 {
        self.of(refusal).load(Relaxed)
    }

    /// Forward connections that were accepted.
    pub fn connections(&self) -> u64 {
        self.connections.load(Relaxed)
    }

    /// Forward connections that are open now.
    pub fn open_connections(&self) -> u64 {
        let closed = self.closed_connections.load(Relaxed);
        self.connections().saturating_sub(closed)
    }

    /// Forward connections that were turned away: too many, or without the
    /// right key.
    pub fn rejected_connections(&self) -> u64 {
        self.rejected_connections.load(Relaxed)
    }

    /// Forward messages that ended their connection since they made no sense.
    pub fn malformed_messages(&self) -> u64 {
        self.malformed_messages.load(Relaxed)
    }

    /// Forward chunks that were acknowledged.
    pub fn acknowledgements(&self) -> u64 {
        self.acknowledgements.load(Relaxed)
    }

    /// Groups of batches that were written.
    pub fn commits(&self) -> u64 {
        self.commits.load(Relaxed)
    }

    /// Time that the disk took to confirm them.
    pub fn sync_time(&self) -> Duration {
        Duration::from_nanos(self.sync_nanos.load(Relaxed))
    }

    /// Times that a file could not be written.
    pub fn write_failures(&self) -> u64 {
        self.write_failures.load(Relaxed)
    }

    fn of(&self, refusal: Refusal) -> &AtomicU64 {
        // The array is as long as the list of reasons.
        let [no_record, no_source, no_message, no_time, bad_row, too_long] = &self.refused;
        match refusal {
            Refusal::NoRecord => no_record,
            Refusal::NoSource => no_source,
            Refusal::NoMessage => no_message,
            Refusal::NoTime => no_time,
            Refusal::BadRow => bad_row,
            Refusal::TooLong => too_long,
        }
    }

    /// Counts a record that cannot be placed.
    pub(crate) fn refuse(&self, refusal: Refusal) {
        if let Some(count) = add_telling(self.of(refusal)) {
            tracing::warn!(count, "records cannot be placed: {refusal}");
        }
    }

    pub(super) fn written(&self, n_lines: u64, n_bytes: u64) {
        self.lines.fetch_add(n_lines, Relaxed);
        self.bytes.fetch_add(n_bytes, Relaxed);
    }

    pub(super) fn synced(&self, time: Duration) {
        self.commits.fetch_add(1, Relaxed);
        self.sync_nanos.fetch_add(time.as_nanos() as u64, Relaxed);
    }

    pub(super) fn write_failed(&self, path: &HourPath, error: &WriteError) {
        if let Some(count) = add_telling(&self.write_failures) {
            let error = error as &dyn std::error::Error;
            tracing::error!(count, %path, error, "lines cannot be written");
        }
    }

    pub(super) fn connected(&self) {
        self.connections.fetch_add(1, Relaxed);
    }

    pub(super) fn disconnected(&self) {
        self.closed_connections.fetch_add(1, Relaxed);
    }

    /// Counts a connection that was turned away, and says whether to tell.
    pub(super) fn rejected(&self) -> Option<u64> {
        add_telling(&self.rejected_connections)
    }

    /// Counts a message that made no sense, and says whether to tell.
    pub(super) fn malformed(&self) -> Option<u64> {
        add_telling(&self.malformed_messages)
    }

    pub(super) fn acknowledged(&self) {
        self.acknowledgements.fetch_add(1, Relaxed);
    }
}

/// Counts, and returns the count when it is worth a word in the log: at 1, 2,
/// 4, 8 and so on, so that no sender can fill the disk with our own log.
fn add_telling(counter: &AtomicU64) -> Option<u64> {
    let count = counter.fetch_add(1, Relaxed) + 1;
    count.is_power_of_two().then_some(count)
}
