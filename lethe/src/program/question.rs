//! One query on a terminal: lines as they stand in files, numbers as a table,
//! or either as the API answers.

use std::num::NonZeroU64;
use std::sync::Arc;

use tokio::time::{MissedTickBehavior, interval};

use crate::http::{rows, series};
use crate::letheql::{LogQuery, Query, parse_millis};
use crate::search::{Instants, TimeRange};
use crate::{Answer, Lethe, MAX_POINTS, Page, QueryError, Tail};

use super::print;

/// How a query is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Question {
    /// The times that are meant.
    pub range: TimeRange,
    /// How many lines, the newest ones.
    pub limit: Option<usize>,
    /// The milliseconds between two numbers; without it, there is one at the
    /// end of the range.
    pub step_millis: Option<u64>,
    /// Whether the answer is that of the API.
    pub json: bool,
}

/// What is to be printed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Printed {
    /// The answer.
    pub text: Vec<u8>,
    /// What its reader should know, as sentences.
    pub warnings: Vec<String>,
}

impl Question {
    /// Asks a database.
    pub async fn ask(&self, lethe: &Lethe, query: Query) -> Result<Printed, QueryError> {
        let (mut text, warnings) = match query {
            Query::Logs(query) => {
                let answer = lethe
                    .query(query, Page::newest(self.range, self.limit))
                    .await?;
                return Ok(self.lines(answer));
            }
            Query::Metric(query) => {
                let instants = match self.step_millis {
                    Some(step) => Instants::within(&self.range, step, MAX_POINTS)
                        .ok_or(QueryError::TooManyPoints)?,
                    None => Instants::at(self.range.end),
                };
                let (all, warnings) = lethe.evaluate(query, instants).await?;
                let text = match (self.json, self.step_millis) {
                    (false, _) => print::numbers(&all, &instants),
                    (true, Some(_)) => series::matrix(&all, &instants, &warnings),
                    (true, None) => series::vector(&all, self.range.end, &warnings),
                };
                (text, warnings)
            }
        };
        if self.json {
            text.push(b'\n');
        }
        Ok(Printed { text, warnings })
    }

    /// Hands over the lines that there are and then those that are written,
    /// until `show` fails or a search does.
    pub async fn follow<E: From<QueryError>>(
        &self,
        lethe: Arc<Lethe>,
        query: LogQuery,
        mut show: impl FnMut(&Printed) -> Result<(), E>,
    ) -> Result<(), E> {
        let page = Page::newest(self.range, self.limit);
        let (mut tail, mut answer) = Tail::start(lethe, query, page).await?;
        let mut clock = interval(Tail::PERIOD);
        clock.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            if !answer.rows.is_empty() || !answer.warnings.is_empty() {
                show(&self.lines(answer))?;
            }
            clock.tick().await;
            answer = tail.next().await?;
        }
    }

    fn lines(&self, answer: Answer) -> Printed {
        let text = if self.json {
            [rows::body(&answer, false), b"\n".to_vec()].concat()
        } else {
            print::lines(&answer)
        };
        Printed {
            text,
            warnings: answer.warnings,
        }
    }
}

/// Reads a step such as `30s` or `5m`, in milliseconds.
pub fn step(text: &str) -> Result<NonZeroU64, String> {
    parse_millis(text)
        .and_then(NonZeroU64::new)
        .ok_or_else(|| "use a duration such as `30s`, `5m` or `1h`".to_owned())
}
