//! One log database: a data directory, its limits, and the questions it answers.

mod counts;
mod error;
mod job;
mod lines;
mod maintain;
mod metrics;
mod prepare;
mod tail;
mod targets;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::thread::available_parallelism;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::ingest::Counters;
use crate::letheql::{LogQuery, LogType};
use crate::search::filter::{Filter, Matcher};
use crate::search::{Cancel, Interrupted, Sink, TimeIndex, TimeRange};
use crate::store::{self, HourFile, Target};

use self::job::Search;
use self::metrics::{Metrics, Present};
use self::targets::{last_time_of, targets};

pub(crate) use self::error::MAX_POINTS;
pub use self::error::QueryError;
pub use self::lines::{Answer, Page};
pub use self::maintain::Maintenance;
pub use self::tail::Tail;

/// Threads that help with one scan; with more, the disk is what takes time.
const MAX_HELPERS: u32 = 7;
/// How a database is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The data directory. It need not exist yet.
    pub root: PathBuf,
    /// Rows of an answer when the question names no number.
    pub limit: usize,
    /// How long a query may take, waiting for its turn included.
    pub timeout: Duration,
}

impl Options {
    /// The original's defaults: 1000 rows, 20 seconds.
    pub fn new(root: impl Into<PathBuf>) -> Options {
        Options {
            root: root.into(),
            limit: 1_000,
            timeout: Duration::from_secs(20),
        }
    }
}

/// Tells the time of day.
pub type Clock = Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>;

/// A log database. Everything it knows beyond its options can be learned again
/// from the files, so any number of them may share a data directory.
pub struct Lethe {
    options: Options,
    clock: Clock,
    index: Arc<TimeIndex>,
    /// One place for each core: more scans at once would only take turns.
    slots: Arc<Semaphore>,
    n_slots: usize,
    /// Threads that a scan may add to its own while others do not need them.
    helpers: Arc<Semaphore>,
    /// How many may follow lines as they are written.
    tails: Arc<Semaphore>,
    /// Searches that wait for a slot.
    waiting: AtomicUsize,
    metrics: Metrics,
}

/// What a search came to.
struct Found<S> {
    sink: S,
    files: Vec<HourFile>,
    warnings: Vec<String>,
}

/// A target and the time of its last line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TargetState {
    /// Which kind of logs.
    pub log_type: LogType,
    /// Namespace or node.
    pub name: String,
    /// When its newest file was last written to, by the lines in it.
    pub last_time: Option<DateTime<Utc>>,
}

impl Lethe {
    /// A database over the files below `options.root`.
    pub fn open(options: Options) -> Lethe {
        let n_cores = available_parallelism().map_or(2, |it| it.get());
        Lethe {
            options,
            clock: Arc::new(|| SystemTime::now().into()),
            index: Arc::default(),
            slots: Arc::new(Semaphore::new(n_cores)),
            n_slots: n_cores,
            helpers: Arc::new(Semaphore::new(n_cores - 1)),
            tails: Arc::new(Semaphore::new(tail::MAX_TAILS)),
            waiting: AtomicUsize::new(0),
            metrics: Metrics::new(),
        }
    }

    /// The same database with another idea of what time it is.
    pub fn with_clock(mut self, clock: Clock) -> Lethe {
        self.clock = clock;
        self
    }

    /// Tells of what takes in lines for this data directory, in the metrics.
    pub fn watch_ingestion(&self, counters: Arc<Counters>) {
        self.metrics.watch(counters);
    }

    /// The time of day.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// The targets of a type that have files of the range, by name.
    pub async fn target_names(
        &self,
        log_type: LogType,
        range: TimeRange,
    ) -> Result<Vec<String>, QueryError> {
        let root = self.options.root.clone();
        blocking(move || {
            let has_files = |it: &Target| {
                let files = store::hour_files(&root, it, range.start.into(), range.end.into());
                files.is_ok_and(|it| !it.is_empty())
            };
            let targets = store::targets(&root, log_type)?.into_iter();
            Ok(targets.filter(has_files).map(|it| it.name).collect())
        })
        .await
    }

    /// Hands all lines that a query selects to `sink`, and says what was wrong
    /// with them.
    async fn search<S: Sink + Send + 'static>(
        &self,
        query: LogQuery,
        range: TimeRange,
        mut sink: S,
    ) -> Result<Found<S>, QueryError> {
        let cancel = Cancel::at(Instant::now().checked_add(self.options.timeout));
        let guard = CancelOnDrop(cancel.clone());
        let mut search = Search {
            root: self.options.root.clone(),
            index: Arc::clone(&self.index),
            filter: Filter::new(&query)?,
            target: Matcher::whole(&query.target)?,
            query,
            range,
            n_threads: 1,
        };
        cancel.check()?;
        let slot = self.slot().await?;
        let helpers = self.helpers();
        search.n_threads += helpers
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let running = spawn_blocking(move || {
            // The places are free when the scan has ended, not when it is given up.
            let _places = (slot, helpers);
            let outcome = search.run(&cancel, &mut sink)?;
            Ok::<_, QueryError>((sink, outcome))
        });
        let (sink, outcome) = running.await.map_err(|_| QueryError::Failed)??;
        drop(guard);
        self.metrics.scanned(outcome.n_bytes);
        Ok(Found {
            sink,
            files: outcome.files,
            warnings: outcome.warnings,
        })
    }

    /// The right to search, once it is this search's turn.
    async fn slot(&self) -> Result<OwnedSemaphorePermit, QueryError> {
        let _waiting = Waiting::new(&self.waiting);
        timeout(
            self.options.timeout,
            Arc::clone(&self.slots).acquire_owned(),
        )
        .await
        .map_err(|_| Interrupted::TimedOut)?
        .map_err(|_| QueryError::Failed)
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    /// What the database tells about itself, in Prometheus' text format.
    pub(crate) async fn render_metrics(&self) -> Result<String, QueryError> {
        let root = self.options.root.clone();
        let of_type = move |it: LogType| (it.name(), store::usage(&root, it));
        let usage = blocking(move || Ok(LogType::ALL.map(of_type).to_vec())).await?;
        Ok(self.metrics.render(&Present {
            slots: self.n_slots,
            slots_in_use: self.n_slots.saturating_sub(self.slots.available_permits()),
            waiting: self.waiting.load(Relaxed),
            tails: tail::MAX_TAILS.saturating_sub(self.tails.available_permits()),
            learned_bytes: self.index.n_learned(),
            usage,
        }))
    }

    /// As many helpers as are free, up to what one scan can use.
    fn helpers(&self) -> Option<OwnedSemaphorePermit> {
        (1..=MAX_HELPERS).rev().find_map(|count| {
            let helpers = Arc::clone(&self.helpers);
            helpers.try_acquire_many_owned(count).ok()
        })
    }

    /// Nodes and namespaces, by type and name.
    pub async fn targets(&self) -> Result<Vec<(LogType, Target)>, QueryError> {
        let root = self.options.root.clone();
        blocking(move || targets(&root)).await
    }

    /// Nodes and namespaces, each with the time of its last line.
    pub async fn target_states(&self) -> Result<Vec<TargetState>, QueryError> {
        let root = self.options.root.clone();
        blocking(move || {
            let state = |(log_type, target): (LogType, Target)| TargetState {
                log_type,
                last_time: last_time_of(&root, &target),
                name: target.name,
            };
            Ok(targets(&root)?.into_iter().map(state).collect())
        })
        .await
    }

    /// Whether the data directory can be read. One that does not exist yet is
    /// as good as an empty one.
    pub async fn is_ready(&self) -> bool {
        self.targets().await.is_ok()
    }
}

/// A search that waits, until this is dropped.
struct Waiting<'w>(&'w AtomicUsize);

impl Waiting<'_> {
    fn new(waiting: &AtomicUsize) -> Waiting<'_> {
        waiting.fetch_add(1, Relaxed);
        Waiting(waiting)
    }
}

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Relaxed);
    }
}

struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, QueryError> {
    Ok(spawn_blocking(work)
        .await
        .map_err(|_| QueryError::Failed)??)
}
