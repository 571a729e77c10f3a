//! One log database: a data directory, its limits, and the questions it answers.

mod error;
mod job;
mod targets;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, Utc};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::letheql::{LogQuery, LogType, MetricQuery};
use crate::metric::{self, Series};
use crate::search::filter::{Filter, Matcher};
use crate::search::{
    Anchor, Cancel, Cursor, Histogram, Instants, Interrupted, Kept, LabelValues, Row, Rows, Side,
    Sink, TimeIndex, TimeRange, WindowCounts,
};
use crate::store::{self, HourFile, Target};

use self::error::MAX_COUNTS;
use self::job::Search;
use self::targets::{last_time_of, targets};

pub(crate) use self::error::MAX_POINTS;
pub use self::error::QueryError;

/// Memory that the rows of one answer may take.
const MAX_ANSWER_BYTES: usize = 64 << 20;
/// Threads that help with one scan; with more, the disk is what takes time.
const MAX_HELPERS: u32 = 7;
/// Values of a label in one answer.
const MAX_VALUES: usize = 10_000;

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
    /// Threads that a scan may add to its own while others do not need them.
    helpers: Arc<Semaphore>,
}

/// Which of the lines of a query are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The times, both ends included.
    pub range: TimeRange,
    /// How many rows at most; nothing for as many as the options say.
    pub limit: Option<usize>,
    /// Which rows, when there are more.
    pub side: Side,
    /// Where they begin, if not at the end of the range.
    pub from: Option<Anchor>,
}

impl Page {
    /// The newest rows of a range.
    pub fn newest(range: TimeRange, limit: Option<usize>) -> Page {
        Page {
            range,
            limit,
            side: Side::Newest,
            from: None,
        }
    }
}

/// The lines that a query asked for.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the labels of the rows mean.
    pub log_type: LogType,
    /// Rows by ascending time.
    pub rows: Vec<Row>,
    /// Where the next page begins, if more rows match.
    pub next: Option<Cursor>,
    /// What the reader of the rows should know, as sentences.
    pub warnings: Vec<String>,
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
            helpers: Arc::new(Semaphore::new(n_cores - 1)),
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

    /// Answers a LetheQL query with the lines of a page. Dropping the future
    /// ends the search.
    pub async fn query(&self, query: LogQuery, page: Page) -> Result<Answer, QueryError> {
        let side = page.side;
        let (mut answer, has_more) = self.page(query, page).await?;
        if has_more {
            let (last, side) = match side {
                Side::Newest => (answer.rows.first(), "newest"),
                Side::Oldest => (answer.rows.last(), "oldest"),
            };
            answer.next = last.map(Row::cursor);
            let n_rows = answer.rows.len();
            let warning = format!("more than {n_rows} rows match, these are the {side} {n_rows}");
            answer.warnings.insert(0, warning);
        }
        Ok(answer)
    }

    /// The line at a cursor with `count` lines before and as many behind it, of
    /// those that a query selects in a range.
    pub async fn context(
        &self,
        query: LogQuery,
        cursor: Cursor,
        range: TimeRange,
        count: usize,
    ) -> Result<Answer, QueryError> {
        let page = |side, is_included| Page {
            range,
            limit: Some(count.saturating_add(usize::from(is_included))),
            side,
            from: Some(Anchor {
                cursor: cursor.clone(),
                is_included,
            }),
        };
        let (before, _) = self.page(query.clone(), page(Side::Newest, false)).await?;
        let (mut answer, _) = self.page(query, page(Side::Oldest, true)).await?;
        answer.rows.splice(..0, before.rows);
        answer.warnings.extend(before.warnings);
        answer.warnings.dedup();
        Ok(answer)
    }

    /// The lines of a page, and whether there are more.
    async fn page(&self, query: LogQuery, page: Page) -> Result<(Answer, bool), QueryError> {
        let log_type = query.log_type;
        let limit = page.limit.unwrap_or(self.options.limit);
        let rows = Rows::new(page.side, limit, MAX_ANSWER_BYTES).from(page.from);
        let found = self.search(query, page.range, rows).await?;
        let Kept { rows, has_more } = found.sink.finish(&found.files);
        let answer = Answer {
            log_type,
            rows,
            next: None,
            warnings: found.warnings,
        };
        Ok((answer, has_more))
    }

    /// Counts the lines that a query selects, in buckets of `step` seconds.
    /// With the counts come warnings, as sentences.
    pub async fn histogram(
        &self,
        query: LogQuery,
        range: TimeRange,
        step: i64,
    ) -> Result<(Histogram, Vec<String>), QueryError> {
        let histogram =
            Histogram::new(&range, step, MAX_POINTS).ok_or(QueryError::TooManyPoints)?;
        let found = self.search(query, range, histogram).await?;
        Ok((found.sink, found.warnings))
    }

    /// Evaluates a query for numbers at some instants. With the series come
    /// warnings, as sentences.
    pub async fn evaluate(
        &self,
        query: MetricQuery,
        instants: Instants,
    ) -> Result<(Vec<Series>, Vec<String>), QueryError> {
        let labels = query.labels.iter().map(|it| it.source.clone()).collect();
        let counts = WindowCounts::new(instants, query.window_millis, labels, MAX_COUNTS);
        let range = counts.range();
        let found = self.search(query.lines.clone(), range, counts).await?;
        let counts = found.sink.finish().ok_or(QueryError::TooManySeries)?;
        Ok((metric::evaluate(&query, counts), found.warnings))
    }

    /// The values that a label of the selected lines has, in order. With them
    /// come warnings, as sentences.
    pub async fn label_values(
        &self,
        query: LogQuery,
        range: TimeRange,
        label: &str,
    ) -> Result<(Vec<Vec<u8>>, Vec<String>), QueryError> {
        let labels = query.log_type.labels();
        let place =
            labels
                .iter()
                .position(|it| *it == label)
                .ok_or_else(|| QueryError::UnknownLabel {
                    log_type: query.log_type.name(),
                    label: label.to_owned(),
                })?;
        let values = LabelValues::new(place, MAX_VALUES);
        let found = self.search(query, range, values).await?;
        let mut warnings = found.warnings;
        let (values, has_more) = found.sink.finish();
        if has_more {
            warnings.push(format!("there are more than {MAX_VALUES} values"));
        }
        Ok((values, warnings))
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
        let slot = timeout(
            self.options.timeout,
            Arc::clone(&self.slots).acquire_owned(),
        )
        .await
        .map_err(|_| Interrupted::TimedOut)?
        .map_err(|_| QueryError::Failed)?;
        let helpers = self.helpers();
        search.n_threads += helpers
            .as_ref()
            .map_or(0, OwnedSemaphorePermit::num_permits);
        let running = spawn_blocking(move || {
            // The places are free when the scan has ended, not when it is given up.
            let _places = (slot, helpers);
            let (files, warnings) = search.run(&cancel, &mut sink)?;
            Ok(Found {
                sink,
                files,
                warnings,
            })
        });
        let answer = running.await.map_err(|_| QueryError::Failed)?;
        drop(guard);
        answer
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
