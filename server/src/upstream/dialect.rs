//! Log databases with an API of their own, asked in their own language and answered as Lethe
//! answers: rows of lines, or vectors and matrices of numbers.
//!
//! An [`Endpoint`] becomes one or more [`Question`]s to the other API, and what comes back becomes
//! one body. Both are pure; [`super::Upstream`] does the asking. An answer is held in memory while
//! it is turned, so it is bounded more tightly than one that passes through.
//!
//! Live tails are made of many questions, see [`Following`]. Not there are the states of targets,
//! which these databases do not know.

mod following;
mod loki;
mod page;
mod rows;
mod victorialogs;

use std::collections::BTreeSet;

use axum::body::Bytes;
use venti_model::api::ErrorBody;

use super::{Call, Endpoint, Failure};
use crate::config::LogFields;
pub(super) use following::Following;
use page::{Cursor, Page, Surroundings};
use rows::Line;

/// No answer longer than this is turned.
pub(super) const MAX_BYTES: usize = 64 << 20;

/// Lines when no number is asked for, as in Lethe.
const DEFAULT_LIMIT: usize = 1000;

/// Lines before and behind another one when no number is asked for, as in Lethe.
const DEFAULT_CONTEXT: usize = 10;

/// More are never asked for.
const MAX_LIMIT: usize = 10_000;

/// Which API is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Api {
    /// <https://docs.victoriametrics.com/victorialogs/querying/>
    VictoriaLogs,
    /// <https://grafana.com/docs/loki/latest/reference/loki-http-api/>
    Loki,
}

/// An API, and what its fields mean.
#[derive(Clone, Debug)]
pub(crate) struct Dialect {
    pub(crate) api: Api,
    pub(crate) fields: LogFields,
}

/// One request of the other API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Question {
    pub(super) path: String,
    pub(super) parameters: Vec<(&'static str, String)>,
    /// How its answer is to be read.
    reading: Reading,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reading {
    /// A page of lines.
    Lines { page: Page, with_cursors: bool },
    /// The lines up to one and those behind it, in two answers.
    Context(Surroundings),
    /// Numbers, in Prometheus' shape already.
    Numbers,
    /// Numbers of lines by level, in steps of so many seconds.
    Histogram { step: u64 },
    /// Values of a field.
    Values,
    /// Values of a field that are names of what has logs: of pods, or else of nodes.
    Targets { of_pods: bool },
    /// Nothing but that it answers.
    Health,
}

impl Dialect {
    /// What is to be asked for a call; `now` is in unix seconds. Never empty.
    pub(super) fn questions(&self, call: &Call, now: f64) -> Result<Vec<Question>, Failure> {
        let parameters = Parameters { call, now };
        match self.api {
            Api::VictoriaLogs => victorialogs::questions(&parameters, &self.fields),
            Api::Loki => loki::questions(&parameters, &self.fields),
        }
    }

    /// The body of the answer to a call, of the answers to its questions.
    pub(super) fn answer(&self, answers: &[(Question, Bytes)]) -> Result<Vec<u8>, Failure> {
        let Some((question, body)) = answers.first() else {
            return Err(Failure::Damaged("nothing was asked".to_owned()));
        };
        let read = |error: serde_json::Error| Failure::Damaged(error.to_string());
        match question.reading {
            Reading::Lines { page, with_cursors } => {
                let lines = self.lines(body).map_err(read)?;
                Ok(rows::page(lines, page, with_cursors, &self.fields))
            }
            Reading::Context(round) => {
                let mut lines = Vec::new();
                for (_, body) in answers {
                    lines.push(self.lines(body).map_err(read)?);
                }
                let behind = lines.pop().unwrap_or_default();
                let up_to = lines.pop().unwrap_or_default();
                Ok(rows::context(round.of(up_to, behind), &self.fields))
            }
            // They say themselves what they are; what is no JSON is no answer.
            Reading::Numbers => match serde_json::from_slice::<serde::de::IgnoredAny>(body) {
                Ok(_) => Ok(body.to_vec()),
                Err(error) => Err(read(error)),
            },
            Reading::Histogram { step } => match self.api {
                Api::VictoriaLogs => victorialogs::histogram(body),
                Api::Loki => loki::histogram(body, step),
            }
            .map_err(read),
            Reading::Values => {
                let mut values = Vec::new();
                for (_, body) in answers {
                    values.extend(self.values(body).map_err(read)?);
                }
                values.sort_unstable();
                values.dedup();
                Ok(rows::success(&values))
            }
            Reading::Targets { .. } => {
                let mut selectors = BTreeSet::new();
                for (question, body) in answers {
                    let of_pods = question.reading == Reading::Targets { of_pods: true };
                    let values = self.values(body).map_err(read)?;
                    selectors.extend(values.iter().map(|it| rows::selector(of_pods, it)));
                }
                Ok(rows::success(&serde_json::json!({"targets": selectors})))
            }
            Reading::Health => Ok(b"The datasource is Healthy.\n".to_vec()),
        }
    }

    /// The beginning of a live tail.
    pub(super) fn follow(&self, call: &Call, now: f64) -> Result<Following, Failure> {
        let parameters = Parameters { call, now };
        Ok(Following::new(
            parameters.range()?,
            parameters.limit(DEFAULT_LIMIT)?,
        ))
    }

    /// What the next round of a tail asks.
    pub(super) fn next_question(
        &self,
        call: &Call,
        following: &Following,
    ) -> Result<Question, Failure> {
        let (page, range) = following.next();
        let mut parameters = vec![("limit".to_owned(), page.limit.to_string())];
        let moments = [("start", range.start), ("end", range.end)];
        parameters.extend(moments.map(|(name, nanos)| (name.to_owned(), rows::moment(nanos))));
        let query = call.parameters.iter().filter(|(it, _)| it == "query");
        parameters.extend(query.cloned());
        let call = Call {
            endpoint: Endpoint::QueryRange,
            parameters,
            ..call.clone()
        };
        let mut questions = self.questions(&call, 0.0)?.into_iter();
        questions
            .next()
            .filter(|it| matches!(it.reading, Reading::Lines { .. }))
            .ok_or_else(|| bad("`query` selects no lines"))
    }

    /// The body of an event with what is new in the answer to [`Dialect::next_question`]; nothing
    /// when that is nothing.
    pub(super) fn news(
        &self,
        call: &Call,
        following: &mut Following,
        body: &[u8],
    ) -> Result<Option<String>, Failure> {
        let lines = self.lines(body);
        let lines = lines.map_err(|error| Failure::Damaged(error.to_string()))?;
        let news = following.news(lines);
        if news.lines.is_empty() {
            return Ok(None);
        }
        let parameters = Parameters { call, now: 0.0 };
        let with_cursors = parameters.get("cursors") == Some("true");
        let body = rows::news(news, with_cursors, &self.fields);
        Ok(Some(String::from_utf8_lossy(&body).into_owned()))
    }

    fn lines(&self, body: &[u8]) -> Result<Vec<Line>, serde_json::Error> {
        match self.api {
            Api::VictoriaLogs => victorialogs::lines(body),
            Api::Loki => loki::lines(body),
        }
    }

    fn values(&self, body: &[u8]) -> Result<Vec<String>, serde_json::Error> {
        match self.api {
            Api::VictoriaLogs => victorialogs::values(body),
            Api::Loki => loki::values(body),
        }
    }
}

/// The body of an error that the other API tells as plain text.
pub(super) fn error_body(text: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(text);
    let text: String = text.trim().chars().take(2000).collect();
    rows::json(&ErrorBody::new("bad_data", text))
}

/// The parameters of a call, read.
struct Parameters<'a> {
    call: &'a Call,
    now: f64,
}

/// A stretch of time in nanoseconds of unix time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    start: i64,
    end: i64,
}

impl Range {
    fn parameters(self) -> [(&'static str, String); 2] {
        [
            ("start", self.start.to_string()),
            ("end", self.end.to_string()),
        ]
    }
}

const SECOND: i64 = 1_000_000_000;

impl Parameters<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        let found = self.call.parameters.iter().find(|(it, _)| it == name);
        found.map(|(_, value)| value.as_str())
    }

    fn query(&self) -> Result<&str, Failure> {
        self.get("query").ok_or_else(|| bad("`query` is missing"))
    }

    /// A moment: seconds of unix time, or RFC 3339.
    fn time(&self, name: &'static str) -> Result<Option<i64>, Failure> {
        let Some(text) = self.get(name) else {
            return Ok(None);
        };
        let seconds = text.parse::<f64>().ok().filter(|it| it.is_finite());
        let nanos = match seconds {
            // To the millisecond, which a float holds exactly enough.
            Some(seconds) => Some(((seconds * 1e3).round() as i64).saturating_mul(1_000_000)),
            None => chrono::DateTime::parse_from_rfc3339(text)
                .ok()
                .and_then(|it| it.timestamp_nanos_opt()),
        };
        match nanos {
            Some(nanos) => Ok(Some(nanos)),
            None => Err(bad(&format!(
                "`{name}` is no time: use unix seconds or RFC 3339"
            ))),
        }
    }

    fn now(&self) -> i64 {
        ((self.now * 1e3).round() as i64).saturating_mul(1_000_000)
    }

    /// `start` (an hour before the end) and `end` (now), as Lethe has them; of an instant query
    /// the minute before its time.
    fn range(&self) -> Result<Range, Failure> {
        if self.call.endpoint == Endpoint::Query {
            let end = self.time("time")?.unwrap_or(self.now());
            let start = end.saturating_sub(60 * SECOND);
            return Ok(Range { start, end });
        }
        let end = self.time("end")?.unwrap_or(self.now());
        let hour_before = end.saturating_sub(3600 * SECOND);
        let start = self.time("start")?.unwrap_or(hour_before);
        Ok(Range { start, end })
    }

    /// Seconds between points; a hundredth of the range when not given.
    fn step(&self, range: Range) -> Result<u64, Failure> {
        let Some(text) = self.get("step") else {
            let seconds = range.end.saturating_sub(range.start).max(0) / SECOND;
            return Ok(seconds.unsigned_abs() / 100 + 1);
        };
        let seconds = match text.parse::<f64>() {
            Ok(seconds) => Some(seconds),
            Err(_) => venti_model::duration::parse(text)
                .ok()
                .map(|it| it.as_secs_f64()),
        };
        seconds
            .filter(|it| *it >= 1.0 && it.is_finite())
            .map(|it| it as u64)
            .ok_or_else(|| bad("`step` is no duration of at least a second"))
    }

    /// The pages of lines that are asked for, each with the time it is in.
    fn lines(&self, range: Range) -> Result<Vec<(Page, Range, Reading)>, Failure> {
        let cursor = self.cursor()?;
        if self.call.endpoint == Endpoint::Context {
            let cursor = cursor.ok_or_else(|| bad("`cursor` is missing"))?;
            let limit = self.limit(DEFAULT_CONTEXT)?;
            let round = Surroundings { cursor, limit };
            let pages = round.pages(self.round(cursor)?);
            let reading = Reading::Context(round);
            return Ok(pages.map(|(page, range)| (page, range, reading)).into());
        }
        let page = Page {
            limit: self.limit(DEFAULT_LIMIT)?,
            newest: match self.get("direction") {
                None | Some("backward") => true,
                Some("forward") => false,
                Some(_) => return Err(bad("`direction` is neither `backward` nor `forward`")),
            },
            before: cursor,
        };
        if !page.newest && cursor.is_some() {
            return Err(bad("`cursor` leads to older lines: leave out `direction`"));
        }
        let with_cursors = page.newest && self.get("cursors") == Some("true");
        let reading = Reading::Lines { page, with_cursors };
        Ok(vec![(page, page.within(range), reading)])
    }

    fn limit(&self, usual: usize) -> Result<usize, Failure> {
        match self.get("limit").map(str::parse) {
            None => Ok(usual),
            Some(Ok(limit)) if limit > 0 => Ok(usize::min(limit, MAX_LIMIT)),
            Some(_) => Err(bad("`limit` is no number above 0")),
        }
    }

    fn cursor(&self) -> Result<Option<Cursor>, Failure> {
        let written = self.get("cursor").filter(|it| !it.is_empty());
        let cursor = written.map(str::parse).transpose();
        cursor.map_err(|_| bad("`cursor` is none: use one from an answer"))
    }

    /// `start` and `end`, an hour before and behind a line, as in Lethe.
    fn round(&self, cursor: Cursor) -> Result<Range, Failure> {
        let hour = 3600 * SECOND;
        let time = cursor.time();
        let start = self.time("start")?;
        let end = self.time("end")?;
        Ok(Range {
            start: start.unwrap_or(time.saturating_sub(hour)),
            end: end.unwrap_or(time.saturating_add(hour)),
        })
    }
}

fn bad(message: &str) -> Failure {
    Failure::BadCall(message.to_owned())
}
