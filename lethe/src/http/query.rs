//! Log queries over a range, and over the last minute.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::TimeDelta;
use tokio::task::spawn_blocking;

use crate::search::TimeRange;
use crate::{Answer, Lethe, QueryError};

use super::error::ApiError;
use super::json;
use super::params::Params;
use super::range;

/// How far `query` looks back.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);

/// `query`, `time` (now), `limit`: the lines of the minute up to `time`.
pub(super) async fn query(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let end = params.time("time")?.unwrap_or_else(|| lethe.now().into());
    let range = TimeRange {
        start: range::before(end, LOOK_BACK),
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
    let range = range::of(&params, &lethe)?;
    answer(&lethe, &params, range).await
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
    body.extend_from_slice(br#"],"resultType":"logs"}"#);
    json::push_success(&mut body, &answer.warnings);
    body
}
