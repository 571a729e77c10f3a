//! Group commit: all batches that wait are written together.
//!
//! While the disk works on one group, the next one gathers. So few senders are
//! answered at once, and many share what is slow: asking the disk.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{OwnedSemaphorePermit, mpsc, oneshot};

use crate::store::{Appended, Batch, HourPath, LogWriter, WriteError};

use super::counters::Counters;

/// Bytes after which a group is written even if more is waiting.
const MAX_GROUP: usize = 16 << 20;

/// Why lines are not on disk, or are not known to be.
#[derive(Debug, Clone, thiserror::Error)]
pub enum CommitError {
    /// A file could not be written.
    #[error("the log files cannot be written")]
    Write(#[source] Arc<WriteError>),
    /// The thread that writes is gone.
    #[error("ingestion has ended")]
    Ended,
}

/// A batch and who waits for it.
pub(super) struct Job {
    pub(super) batch: Batch,
    pub(super) done: oneshot::Sender<Result<(), CommitError>>,
    pub(super) room: OwnedSemaphorePermit,
}

/// Writes what arrives until nobody can send any more.
pub(super) fn run(writer: &LogWriter, mut jobs: mpsc::Receiver<Job>, counters: &Counters) {
    while let Some(first) = jobs.blocking_recv() {
        let mut group = Group::default();
        group.add(first);
        while group.n_bytes < MAX_GROUP
            && let Ok(job) = jobs.try_recv()
        {
            group.add(job);
        }
        group.commit(writer, counters);
    }
}

#[derive(Default)]
struct Group {
    files: HashMap<HourPath, Vec<u8>>,
    waiting: Vec<Waiting>,
    n_bytes: usize,
}

struct Waiting {
    done: oneshot::Sender<Result<(), CommitError>>,
    paths: Vec<HourPath>,
    n_lines: u64,
    n_bytes: usize,
    /// Given back when the group is on disk.
    _room: OwnedSemaphorePermit,
}

impl Group {
    fn add(&mut self, Job { batch, done, room }: Job) {
        let mut waiting = Waiting {
            done,
            paths: Vec::new(),
            n_lines: batch.n_lines(),
            n_bytes: batch.n_bytes(),
            _room: room,
        };
        self.n_bytes += waiting.n_bytes;
        for (path, lines) in batch.into_files() {
            match self.files.get_mut(&path) {
                Some(text) => text.extend_from_slice(&lines),
                None => {
                    self.files.insert(path.clone(), lines);
                }
            }
            waiting.paths.push(path);
        }
        self.waiting.push(waiting);
    }

    fn commit(self, writer: &LogWriter, counters: &Counters) {
        let mut failed: HashMap<HourPath, Arc<WriteError>> = HashMap::new();
        let mut appended: Vec<(HourPath, Appended)> = Vec::new();
        for (path, lines) in self.files {
            match writer.append_lines(&path, &lines) {
                Ok(it) => appended.push((path, it)),
                Err(error) => {
                    failed.insert(path, Arc::new(error));
                }
            }
        }
        let begin = Instant::now();
        for (path, file) in appended {
            if let Err(error) = file.sync() {
                failed.insert(path, Arc::new(error));
            }
        }
        counters.synced(begin.elapsed());
        for (path, error) in &failed {
            counters.write_failed(path, error);
        }
        for it in self.waiting {
            let error = it.paths.iter().find_map(|path| failed.get(path));
            let outcome = match error {
                None => Ok(()),
                Some(error) => Err(CommitError::Write(Arc::clone(error))),
            };
            if outcome.is_ok() {
                counters.written(it.n_lines, it.n_bytes as u64);
            }
            // Whoever does not wait any more will send again, or has ended.
            let _ = it.done.send(outcome);
        }
    }
}
