//! `/metrics`, and the counting of requests for it.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::Lethe;

use super::error::ApiError;

/// The type of Prometheus' text format.
const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// What the database tells about itself.
pub(super) async fn metrics(State(lethe): State<Arc<Lethe>>) -> Result<Response, ApiError> {
    let text = lethe.render_metrics().await?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text).into_response())
}

/// Counts a request by the pattern of its path, so that no client makes labels.
pub(super) async fn count(
    State(lethe): State<Arc<Lethe>>,
    path: Option<MatchedPath>,
    request: Request,
    next: Next,
) -> Response {
    let start = Instant::now();
    let response = next.run(request).await;
    let endpoint = path.as_ref().map_or("other", MatchedPath::as_str);
    lethe
        .metrics()
        .answered(endpoint, response.status().as_u16(), start.elapsed());
    response
}
