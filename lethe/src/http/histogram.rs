//! How many lines there are over time, for the chart above them.

use std::sync::Arc;

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;

use crate::Lethe;
use crate::letheql::LogQuery;
use crate::search::{Histogram, Level};

use super::error::ApiError;
use super::json;
use super::params::Params;
use super::range;

/// `query`, `start`, `end`, `step` in seconds: lines in each step, as a matrix
/// of Prometheus with one series for each level that occurs. A point stands at
/// the start of its step, and steps are multiples of their length.
pub(super) async fn histogram(
    State(lethe): State<Arc<Lethe>>,
    RawQuery(raw): RawQuery,
) -> Result<Response, ApiError> {
    let params = Params::parse(raw.as_deref());
    let range = range::of(&params, &lethe)?;
    let step = match params.count("step")? {
        Some(step) => i64::try_from(step).unwrap_or(i64::MAX),
        None => range::default_step_seconds(&range),
    };
    let query = LogQuery::parse(params.get("query").unwrap_or_default())?;
    let (histogram, warnings) = lethe.histogram(query, range, step).await?;
    Ok(json::response(StatusCode::OK, body(&histogram, &warnings)))
}

fn body(histogram: &Histogram, warnings: &[String]) -> Vec<u8> {
    let mut body = br#"{"data":{"result":["#.to_vec();
    let levels = Level::ALL.into_iter().filter(|it| histogram.total(*it) > 0);
    for (number, level) in levels.enumerate() {
        if number > 0 {
            body.push(b',');
        }
        body.extend_from_slice(br#"{"metric":{"level":"#);
        json::push_string(&mut body, level.name().as_bytes());
        body.extend_from_slice(br#"},"values":["#);
        for (point, (time, count)) in histogram.of(level).enumerate() {
            let comma = if point > 0 { "," } else { "" };
            body.extend_from_slice(format!("{comma}[{time},\"{count}\"]").as_bytes());
        }
        body.extend_from_slice(b"]}");
    }
    body.extend_from_slice(br#"],"resultType":"matrix"}"#);
    json::push_success(&mut body, warnings);
    body
}
