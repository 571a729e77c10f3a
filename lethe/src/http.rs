//! The HTTP API, as a router that a server mounts or calls in its own process.
//!
//! Answers are compact JSON with the keys in the order of the original, since
//! clients compare raw bytes. Only GET exists; everything else is not found.

mod error;
mod histogram;
mod json;
mod labels;
mod params;
mod probes;
mod push;
mod query;
mod range;
mod rows;
mod series;
mod tail;
mod targets;

use std::sync::Arc;

pub use self::push::push_router;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::Lethe;

/// All URLs of the API over one database.
pub fn router(lethe: Arc<Lethe>) -> Router {
    Router::new()
        .route("/-/healthy", get(probes::healthy))
        .route("/-/ready", get(probes::ready))
        .route("/api/v1/context", get(query::context))
        .route("/api/v1/histogram", get(histogram::histogram))
        .route("/api/v1/label/{name}/values", get(labels::values))
        .route("/api/v1/metadata", get(targets::metadata))
        .route("/api/v1/query", get(query::query))
        .route("/api/v1/query_range", get(query::query_range))
        .route("/api/v1/tail", get(tail::tail))
        .route("/api/v1/targets", get(targets::targets))
        .fallback(not_found)
        .layer(from_fn(only_get))
        .with_state(lethe)
}

/// The paths of the original, for redirects of the same path with a slash behind it.
const PATHS: [&str; 6] = [
    "/-/healthy",
    "/-/ready",
    "/api/v1/metadata",
    "/api/v1/query",
    "/api/v1/query_range",
    "/api/v1/targets",
];

async fn only_get(request: Request, next: Next) -> Response {
    if request.method() == Method::GET {
        next.run(request).await
    } else {
        page_not_found()
    }
}

async fn not_found(OriginalUri(uri): OriginalUri) -> Response {
    match uri
        .path()
        .strip_suffix('/')
        .filter(|path| PATHS.contains(path))
    {
        Some(path) => redirect(path, &uri),
        None => page_not_found(),
    }
}

fn redirect(path: &str, uri: &Uri) -> Response {
    let location = match uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path.to_owned(),
    };
    (
        StatusCode::MOVED_PERMANENTLY,
        [(header::LOCATION, location)],
    )
        .into_response()
}

fn page_not_found() -> Response {
    (
        StatusCode::NOT_FOUND,
        [(header::CONTENT_TYPE, "text/plain")],
        "404 page not found",
    )
        .into_response()
}
