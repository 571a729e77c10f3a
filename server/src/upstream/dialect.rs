//! Log databases with an API of their own, asked in their own language and answered as Lethe
//! answers: rows of lines, or vectors and matrices of numbers.
//!
//! An [`Endpoint`] becomes one or more [`Question`]s to the other API, and what comes back becomes
//! one body. Both are pure; [`super::Upstream`] does the asking. An answer is held in memory while
//! it is turned, so it is bounded more tightly than one that passes through.
//!
//! Not there, since these APIs have no equal of it: the lines round one, live tails, further pages.

mod loki;
mod rows;
mod victorialogs;

use axum::body::Bytes;
use venti_model::api::ErrorBody;

use super::{Call, Endpoint, Failure};
use crate::config::LogFields;

/// No answer longer than this is turned.
pub(super) const MAX_BYTES: usize = 64 << 20;

/// Lines when no number is asked for, as in Lethe.
const DEFAULT_LIMIT: usize = 1000;

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
    /// Lines, of which one more than wanted was asked for.
    Lines { limit: usize, newest: bool },
    /// Numbers, in Prometheus' shape already.
    Numbers,
    /// Numbers of lines by level, in steps of so many seconds.
    Histogram { step: u64 },
    /// Values of a field.
    Values,
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
            Reading::Lines { limit, newest } => {
                let lines = match self.api {
                    Api::VictoriaLogs => victorialogs::lines(body),
                    Api::Loki => loki::lines(body),
                };
                Ok(rows::body(
                    lines.map_err(read)?,
                    limit,
                    newest,
                    &self.fields,
                ))
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
                    values.extend(
                        match self.api {
                            Api::VictoriaLogs => victorialogs::values(body),
                            Api::Loki => loki::values(body),
                        }
                        .map_err(read)?,
                    );
                }
                values.sort_unstable();
                values.dedup();
                Ok(rows::success(&values))
            }
            Reading::Health => Ok(b"The datasource is Healthy.\n".to_vec()),
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
struct Range {
    start: i64,
    end: i64,
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

    fn lines(&self) -> Result<Reading, Failure> {
        let limit = match self.get("limit").map(str::parse) {
            None => DEFAULT_LIMIT,
            Some(Ok(limit)) if limit > 0 => usize::min(limit, MAX_LIMIT),
            Some(_) => return Err(bad("`limit` is no number above 0")),
        };
        let newest = match self.get("direction") {
            None | Some("backward") => true,
            Some("forward") => false,
            Some(_) => return Err(bad("`direction` is neither `backward` nor `forward`")),
        };
        Ok(Reading::Lines { limit, newest })
    }
}

fn bad(message: &str) -> Failure {
    Failure::BadCall(message.to_owned())
}
