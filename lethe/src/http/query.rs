//! Log queries over a range, and over the last minute.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::{DateTime, TimeDelta, Utc};
use tokio::task::spawn_blocking;

use crate::search::{TimeRange, Timestamp};
use crate::{Answer, Lethe, QueryError};

use super::error::ApiError;
use super::json;
use super::params::Params;

/// How far `query` looks back.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);
/// How long a range is whose start is not given.
const DEFAULT_RANGE: TimeDelta = TimeDelta::hours(1);

/// `query`, `time` (now), `limit`: the lines of the minute up to `time`.
pub(super) async fn query(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let end = params.time("time")?.unwrap_or_else(|| lethe.now().into());
    let range = TimeRange {
        start: before(end, LOOK_BACK),
        end,
    };
    answer(&lethe, &params, range).await
}

/// `query`, `start` (an hour before the end), `end` (now), `limit`: the newest
/// lines of the range, both ends included.
pub(super) async fn query_range(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let end = params.time("end")?.unwrap_or_else(|| lethe.now().into());
    let start = params
        .time("start")?
        .unwrap_or_else(|| before(end, DEFAULT_RANGE));
    answer(&lethe, &params, TimeRange { start, end }).await
}

fn before(time: Timestamp, span: TimeDelta) -> Timestamp {
    let time = DateTime::<Utc>::from(time);
    time.checked_sub_signed(span)
        .unwrap_or(DateTime::<Utc>::MIN_UTC)
        .into()
}

async fn answer(lethe: &Lethe, params: &Params, range: TimeRange) -> Result<Response, ApiError> {
    let limit = params.count("limit")?;
    let query = params.get("query").unwrap_or_default();
    let answer = lethe.query(query, range, limit).await?;
    // Writing megabytes takes longer than a thread of the server may block.
    let body = spawn_blocking(move || body(&answer))
        .await
        .map_err(|_| QueryError::Failed)?;
    Ok(json::response(StatusCode::OK, body))
}

/// Rows with their keys in the order of the original, every value a string.
fn body(answer: &Answer) -> Vec<u8> {
    let mut body = br#"{"data":{"result":["#.to_vec();
    for (number, row) in answer.rows.iter().enumerate() {
        body.extend_from_slice(if number == 0 {
            br#"{"time":"#
        } else {
            br#",{"time":"#
        });
        json::push_string(&mut body, row.time_text());
        for (name, value) in answer.log_type.labels().iter().zip(row.labels()) {
            body.push(b',');
            json::push_string(&mut body, name.as_bytes());
            body.push(b':');
            json::push_string(&mut body, value);
        }
        body.extend_from_slice(br#","log":"#);
        json::push_string(&mut body, row.message());
        body.push(b'}');
    }
    body.extend_from_slice(br#"],"resultType":"logs"},"status":"success""#);
    if !answer.warnings.is_empty() {
        body.extend_from_slice(br#","warnings":"#);
        json::push_strings(&mut body, &answer.warnings);
    }
    body.push(b'}');
    body
}
