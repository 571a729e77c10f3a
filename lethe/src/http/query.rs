//! Queries at an instant and over a range: rows for lines, vectors and matrices
//! for numbers.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use chrono::TimeDelta;
use tokio::task::spawn_blocking;

use crate::letheql::{LogQuery, Query};
use crate::search::{Anchor, Instants, TimeRange};
use crate::{Lethe, MAX_POINTS, Page, QueryError};

use super::error::ApiError;
use super::json;
use super::params::{ParamError, Params};
use super::{range, rows, series};

/// Lines before and behind another one when no number is given.
const CONTEXT: usize = 10;
/// How far `query` looks back for lines.
const LOOK_BACK: TimeDelta = TimeDelta::minutes(1);

/// `query`, `time` (now), and of lines `limit`, `direction`, `cursor`,
/// `cursors`: the lines of the minute up to `time`, or the numbers at `time`.
pub(super) async fn query(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let end = params.time("time")?.unwrap_or_else(|| lethe.now().into());
    match parse(&params)? {
        Query::Logs(query) => {
            let start = range::before(end, LOOK_BACK);
            lines(&lethe, &params, query, TimeRange { start, end }).await
        }
        Query::Metric(query) => {
            let (all, warnings) = lethe.evaluate(query, Instants::at(end)).await?;
            answer(move || series::vector(&all, end, &warnings)).await
        }
    }
}

/// `query`, `start` (an hour before the end), `end` (now), and of lines as
/// above, of numbers `step`: the newest lines of the range, both ends included,
/// or numbers at its start and each step behind.
pub(super) async fn query_range(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let range = range::of(&params, &lethe)?;
    match parse(&params)? {
        Query::Logs(query) => lines(&lethe, &params, query, range).await,
        Query::Metric(query) => {
            let step = match params.millis("step")? {
                Some(step) => step,
                None => range::default_step_seconds(&range).unsigned_abs() * 1_000,
            };
            let instants =
                Instants::within(&range, step, MAX_POINTS).ok_or(QueryError::TooManyPoints)?;
            let (all, warnings) = lethe.evaluate(query, instants).await?;
            answer(move || series::matrix(&all, &instants, &warnings)).await
        }
    }
}

fn parse(params: &Params) -> Result<Query, ApiError> {
    Ok(Query::parse(params.get("query").unwrap_or_default())?)
}

async fn lines(
    lethe: &Lethe,
    params: &Params,
    query: LogQuery,
    range: TimeRange,
) -> Result<Response, ApiError> {
    let page = Page {
        range,
        limit: params.count("limit")?,
        side: params.direction()?,
        from: params.cursor("cursor")?.map(|cursor| Anchor {
            cursor,
            is_included: false,
        }),
    };
    let with_cursors = params.flag("cursors")?;
    let found = lethe.query(query, page).await?;
    answer(move || rows::body(&found, with_cursors)).await
}

/// `query`, `cursor` (of a line), `limit` (10), `start` and `end` (an hour
/// before and behind the line): that line with as many lines before and behind
/// it, each with its cursor.
pub(super) async fn context(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let query = LogQuery::parse(params.get("query").unwrap_or_default())?;
    let cursor = params
        .cursor("cursor")?
        .ok_or(ParamError::Missing { name: "cursor" })?;
    let limit = params.count("limit")?.unwrap_or(CONTEXT);
    let [before, behind] = [1, -1].map(|it| range::before(cursor.time, TimeDelta::hours(it)));
    let range = TimeRange {
        start: params.time("start")?.unwrap_or(before),
        end: params.time("end")?.unwrap_or(behind),
    };
    let found = lethe.context(query, cursor, range, limit).await?;
    answer(move || rows::body(&found, true)).await
}

/// Writing megabytes takes longer than a thread of the server may block.
async fn answer(body: impl FnOnce() -> Vec<u8> + Send + 'static) -> Result<Response, ApiError> {
    let body = spawn_blocking(body).await.map_err(|_| QueryError::Failed)?;
    Ok(json::response(StatusCode::OK, body))
}
