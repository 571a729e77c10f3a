//! One line in the log and one count for each request.
//!
//! The line names the route and never the query, which may hold anything. A request that went
//! well is logged at `debug`: a wall of screens makes hundreds a second.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::App;
use crate::error::ErrorDetail;

/// Requests without a route: files and pages of the frontend, and mistakes.
const NO_ROUTE: &str = "other";

pub(super) async fn observe(State(app): State<App>, request: Request, next: Next) -> Response {
    let started = Instant::now();
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let response = next.run(request).await;
    let route = route.as_ref().map_or(NO_ROUTE, MatchedPath::as_str);
    let status = response.status().as_u16();
    let took = started.elapsed();
    app.metrics().answered(route, status, took);
    let ms = took.as_micros() as f64 / 1000.0;
    let detail = response.extensions().get::<ErrorDetail>();
    let detail = detail.map(|it| it.0.as_str());
    match status {
        500.. => tracing::warn!(%method, route, status, ms, detail, "request failed"),
        400.. => tracing::info!(%method, route, status, ms, "request refused"),
        _ => tracing::debug!(%method, route, status, ms, "request"),
    }
    response
}
