//! One log database: a data directory, its limits, and the questions it answers.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;

use crate::letheql::{self, LogQuery, LogType};
use crate::search::filter::{Filter, FilterError, Matcher};
use crate::search::{
    Cancel, Interrupted, Newest, Row, TimeIndex, TimeRange, Timestamp, last_time, scan,
};
use crate::store::{self, HourFile, Target};

/// Memory that the rows of one answer may take.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// How many of a target's newest files are searched for its last time.
const MAX_FILES_FOR_LAST_TIME: usize = 3;

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
}

/// The lines that a query asked for.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the labels of the rows mean.
    pub log_type: LogType,
    /// Rows by ascending time.
    pub rows: Vec<Row>,
    /// What the reader of the rows should know, as sentences.
    pub warnings: Vec<String>,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum QueryError {
    /// The query is not one, or means nothing.
    #[error(transparent)]
    BadQuery(#[from] letheql::Error),
    /// An expression in it cannot be run.
    #[error(transparent)]
    BadFilter(#[from] FilterError),
    /// It took too long, or nobody waits for it any more.
    #[error(transparent)]
    Interrupted(#[from] Interrupted),
    /// The data directory cannot be read.
    #[error("the log directory cannot be read")]
    Storage(#[from] io::Error),
    /// The search came to no end; a defect.
    #[error("the search failed")]
    Failed,
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
        let n_slots = available_parallelism().map_or(2, |it| it.get());
        Lethe {
            options,
            clock: Arc::new(|| SystemTime::now().into()),
            index: Arc::default(),
            slots: Arc::new(Semaphore::new(n_slots)),
        }
    }

    /// The same database with another idea of what time it is.
    pub fn with_clock(mut self, clock: Clock) -> Lethe {
        self.clock = clock;
        self
    }

    /// The time of day.
    pub fn now(&self) -> DateTime<Utc> {
        (self.clock)()
    }

    /// Answers a LetheQL query with the newest lines in `range`, at most
    /// `limit` of them. Dropping the future ends the search.
    pub async fn query(
        &self,
        query: &str,
        range: TimeRange,
        limit: Option<usize>,
    ) -> Result<Answer, QueryError> {
        let query = LogQuery::parse(query)?;
        let filter = Filter::new(&query)?;
        let target = Matcher::whole(&query.target)?;
        let search = Search {
            root: self.options.root.clone(),
            index: Arc::clone(&self.index),
            query,
            filter,
            target,
            range,
            limit: limit.unwrap_or(self.options.limit),
        };
        let cancel = Cancel::at(Instant::now().checked_add(self.options.timeout));
        let guard = CancelOnDrop(cancel.clone());
        cancel.check()?;
        let slot = tokio::time::timeout(
            self.options.timeout,
            Arc::clone(&self.slots).acquire_owned(),
        )
        .await
        .map_err(|_| Interrupted::TimedOut)?
        .map_err(|_| QueryError::Failed)?;
        let running = tokio::task::spawn_blocking(move || {
            // The place is free when the scan has ended, not when it is given up.
            let _slot = slot;
            search.run(&cancel)
        });
        let answer = running.await.map_err(|_| QueryError::Failed)?;
        drop(guard);
        answer
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

struct CancelOnDrop(Cancel);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.cancel();
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> Result<T, QueryError> {
    Ok(tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| QueryError::Failed)??)
}

fn targets(root: &Path) -> io::Result<Vec<(LogType, Target)>> {
    let mut all = Vec::new();
    for log_type in LogType::ALL {
        all.extend(
            store::targets(root, log_type)?
                .into_iter()
                .map(|it| (log_type, it)),
        );
    }
    Ok(all)
}

fn last_time_of(root: &Path, target: &Target) -> Option<DateTime<Utc>> {
    let files = store::hour_files(
        root,
        target,
        DateTime::<Utc>::MIN_UTC,
        DateTime::<Utc>::MAX_UTC,
    )
    .ok()?;
    let newest = files.iter().rev().take(MAX_FILES_FOR_LAST_TIME);
    newest
        .filter_map(|it| last_time(&it.path).ok()?)
        .next()
        .map(Timestamp::into)
}

/// One query, ready to run on a thread that may block.
struct Search {
    root: PathBuf,
    index: Arc<TimeIndex>,
    query: LogQuery,
    filter: Filter,
    target: Matcher,
    range: TimeRange,
    limit: usize,
}

impl Search {
    fn run(self, cancel: &Cancel) -> Result<Answer, QueryError> {
        let mut warnings = self.query.notices.clone();
        let files = self.files(&mut warnings)?;
        let mut newest = Newest::new(self.limit, MAX_ANSWER_BYTES);
        let report = scan(
            &files,
            &self.range,
            &self.filter,
            &self.index,
            cancel,
            &mut newest,
        )?;
        let kept = newest.finish();
        if kept.has_more {
            let n_rows = kept.rows.len();
            warnings.push(format!(
                "more than {n_rows} rows match, these are the newest {n_rows}"
            ));
        }
        warnings.extend(report.warnings());
        Ok(Answer {
            log_type: self.query.log_type,
            rows: kept.rows,
            warnings,
        })
    }

    fn files(&self, warnings: &mut Vec<String>) -> io::Result<Vec<HourFile>> {
        let mut files = Vec::new();
        for target in store::targets(&self.root, self.query.log_type)? {
            if !self.target.accepts(target.name.as_bytes()) {
                continue;
            }
            match store::hour_files(
                &self.root,
                &target,
                self.range.start.into(),
                self.range.end.into(),
            ) {
                Ok(found) => files.extend(found),
                Err(error) => {
                    let log_type = self.query.log_type.name();
                    let name = &target.name;
                    warnings.push(format!(
                        "{log_type}/{name} could not be listed: {}",
                        error.kind()
                    ));
                }
            }
        }
        // As the original does: `pod/ns-a/…` stands before `pod/ns/…`.
        files.sort();
        Ok(files)
    }
}
