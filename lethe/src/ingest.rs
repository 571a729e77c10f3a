//! Ingestion: lines from elsewhere, on their way to the files.
//!
//! ```text
//! forward ─┐
//! push ────┤   records   ┌───────┐  batches  ┌────────┐   lines
//! follow ──┼────────────▶│ place │──────────▶│ commit │──────────▶ hour files
//! journal ─┘             └───────┘           └────────┘
//! ```
//!
//! [`forward`] listens for Fluent Bit and Fluentd, `http::push` takes JSON
//! lines, [`follow`] reads local files and [`journal`] the systemd journal.
//! Each makes records; `place` decides which file a record belongs to and how
//! its line looks, or why it cannot be placed. One thread commits: it writes
//! all batches that wait, and asks the disk once for each file. [`Ingestion`] is
//! all of it as the configuration asks for it.
//!
//! # What is promised
//!
//! Acknowledged means on disk. What was not acknowledged may be there or not,
//! in part or in whole, and may be sent again: **lines arrive at least once**.
//! Nothing looks for duplicates, since two equal lines are not wrong.
//!
//! A record that cannot be placed is counted with its [`Refusal`] and gone; it
//! would fare no better the next time. When the disk fails, nothing is
//! acknowledged and the sender keeps its records.
//!
//! Memory is bounded: who sends more than the disk takes is not read from.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread;

use chrono::{DateTime, Utc};
use tokio::sync::{Semaphore, mpsc, oneshot};

use crate::Clock;
use crate::store::{Batch, LogWriter};

mod commit;
mod counters;
pub mod follow;
pub mod forward;
mod host;
mod inflate;
pub mod journal;
pub mod json;
pub mod msgpack;
mod place;
mod refusal;
mod saved;
mod service;

pub use commit::CommitError;
pub use counters::Counters;
pub use host::host_name;
pub use inflate::{Compression, InflateError, inflate};
pub use place::{Fields, place};
pub use refusal::Refusal;
#[cfg(feature = "program")]
pub(crate) use service::DRAIN;
pub use service::{Ingestion, StartError};

use commit::Job;

/// Bytes of lines that may wait for the disk.
const MAX_WAITING: usize = 64 << 20;

/// Batches that may wait for the disk.
const MAX_BATCHES: usize = 4_096;

/// The way into a data directory. Cheap to clone; when the last one is dropped,
/// what was handed over is written and the thread ends.
#[derive(Clone)]
pub struct Ingest {
    jobs: mpsc::Sender<Job>,
    room: Arc<Semaphore>,
    counters: Arc<Counters>,
    clock: Clock,
}

/// The end of ingestion.
#[derive(Debug)]
pub struct Ended(oneshot::Receiver<()>);

impl Ended {
    /// Returns once every [`Ingest`] is gone and all that was handed over is
    /// written.
    pub async fn wait(self) {
        // Nothing is ever sent: the sender goes when the thread ends.
        let _ = self.0.await;
    }
}

impl Ingest {
    /// Starts the thread that writes below `root`, which is created when it is
    /// missing. `clock` tells the time of lines that carry none.
    pub fn open(root: impl Into<PathBuf>, clock: Clock) -> io::Result<(Ingest, Ended)> {
        let writer = LogWriter::open(root)?;
        let counters = Arc::new(Counters::default());
        let (jobs, waiting) = mpsc::channel(MAX_BATCHES);
        let (ending, ended) = oneshot::channel();
        let theirs = Arc::clone(&counters);
        thread::Builder::new()
            .name("lethe-commit".to_owned())
            .spawn(move || {
                commit::run(&writer, waiting, &theirs);
                drop(ending);
            })?;
        let ingest = Ingest {
            jobs,
            room: Arc::new(Semaphore::new(MAX_WAITING)),
            counters,
            clock,
        };
        Ok((ingest, Ended(ended)))
    }

    /// Hands lines over to be written, once there is room for them.
    pub async fn submit(&self, batch: Batch) -> Commit {
        let (done, outcome) = oneshot::channel();
        let needed = batch.n_bytes().clamp(1, MAX_WAITING) as u32;
        // Neither semaphore nor channel closes while `self` is there, unless
        // the thread has panicked; then `done` is dropped, which tells so.
        if let Ok(room) = Arc::clone(&self.room).acquire_many_owned(needed).await {
            let _ = self.jobs.send(Job { batch, done, room }).await;
        }
        Commit(outcome)
    }

    /// What happened so far.
    pub fn counters(&self) -> &Arc<Counters> {
        &self.counters
    }

    /// The time for lines that carry none.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }
}

/// What becomes of a batch.
#[derive(Debug)]
pub struct Commit(oneshot::Receiver<Result<(), CommitError>>);

impl Commit {
    /// Returns once the lines are on disk, or are known not to be.
    pub async fn done(self) -> Result<(), CommitError> {
        self.0.await.unwrap_or(Err(CommitError::Ended))
    }
}
