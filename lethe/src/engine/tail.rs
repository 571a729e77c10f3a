//! Lines as they are written: what was added to files since the last look.

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::TimeDelta;
use tokio::sync::OwnedSemaphorePermit;
use tokio::task::spawn_blocking;

use crate::letheql::LogQuery;
use crate::search::filter::{Filter, Matcher};
use crate::search::{Cancel, Follow, Kept, Rows, Scan, Side, TimeRange, Timestamp};

use super::error::QueryError;
use super::job::Search;
use super::lines::{Answer, Page};
use super::{CancelOnDrop, Lethe};

/// How many tails there may be at once.
pub(super) const MAX_TAILS: usize = 64;
/// Memory that the rows of one look may take.
const MAX_BYTES: usize = 4 << 20;
/// Rows of one look.
const MAX_ROWS: usize = 1_000;

/// Follows the lines of a query. Files of the last hours are followed, since
/// lines come late; the time of a line does not matter.
pub struct Tail {
    lethe: Arc<Lethe>,
    query: LogQuery,
    follow: Follow,
    _place: OwnedSemaphorePermit,
}

impl Tail {
    /// How often files are looked at.
    pub const PERIOD: Duration = Duration::from_millis(500);

    /// Begins to follow, and answers the newest lines of a page up to now: no
    /// line is missed between the two, and none is there twice.
    pub async fn start(
        lethe: Arc<Lethe>,
        query: LogQuery,
        page: Page,
    ) -> Result<(Tail, Answer), QueryError> {
        let tails = Arc::clone(&lethe.tails);
        let place = tails
            .try_acquire_owned()
            .map_err(|_| QueryError::TooManyTails)?;
        let mut tail = Tail {
            lethe,
            query,
            follow: Follow::default(),
            _place: place,
        };
        tail.next().await?;
        let mut first = tail.lethe.query(tail.query.clone(), page).await?;
        first.rows.retain(|it| tail.follow.is_past(&it.cursor()));
        Ok((tail, first))
    }

    /// The lines that were added since the last call.
    pub async fn next(&mut self) -> Result<Answer, QueryError> {
        let slots = Arc::clone(&self.lethe.slots);
        let slot = slots
            .acquire_owned()
            .await
            .map_err(|_| QueryError::Failed)?;
        let cancel = Cancel::at(Instant::now().checked_add(self.lethe.options.timeout));
        let guard = CancelOnDrop(cancel.clone());
        let search = self.search()?;
        let mut follow = std::mem::take(&mut self.follow);
        let running = spawn_blocking(move || {
            let _slot = slot;
            let answer = look(search, &mut follow, &cancel);
            (follow, answer)
        });
        let (follow, answer) = running.await.map_err(|_| QueryError::Failed)?;
        self.follow = follow;
        drop(guard);
        let (answer, n_bytes) = answer?;
        self.lethe.metrics.scanned(n_bytes);
        self.lethe.metrics.found(answer.rows.len());
        Ok(answer)
    }

    /// All lines in files of the last hours.
    fn search(&self) -> Result<Search, QueryError> {
        let hours = TimeDelta::hours(2);
        let now = self.lethe.now();
        Ok(Search {
            root: self.lethe.options.root.clone(),
            index: Arc::clone(&self.lethe.index),
            filter: Filter::new(&self.query)?,
            target: Matcher::whole(&self.query.target)?,
            query: self.query.clone(),
            range: TimeRange {
                start: now.checked_sub_signed(hours).unwrap_or(now).into(),
                end: Timestamp::MAX,
            },
            n_threads: 1,
        })
    }
}

/// The new lines, and how many bytes were read for them.
fn look(search: Search, follow: &mut Follow, cancel: &Cancel) -> Result<(Answer, u64), QueryError> {
    let mut warnings = Vec::new();
    let files = search.files(&mut warnings)?;
    let scan = Scan {
        files: &files,
        range: TimeRange {
            start: Timestamp::MIN,
            end: Timestamp::MAX,
        },
        filter: &search.filter,
        index: &search.index,
        cancel,
        n_threads: 1,
    };
    let mut rows = Rows::new(Side::Newest, MAX_ROWS, MAX_BYTES);
    let (report, is_behind) = follow.look(&scan, &mut rows)?;
    let Kept { rows, has_more } = rows.finish(&files);
    if has_more || is_behind {
        warnings.push("more lines were written than can be followed, some are left out".to_owned());
    }
    warnings.extend(report.warnings());
    let answer = Answer {
        log_type: search.query.log_type,
        rows,
        next: None,
        warnings,
    };
    Ok((answer, report.n_bytes))
}
