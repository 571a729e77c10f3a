//! The HTTP API, as a router that a server mounts or calls in its own process.
//!
//! Answers are compact JSON with the keys in the order of the original, since
//! clients compare raw bytes. Only GET exists; everything else is not found.

mod error;
mod histogram;
mod json;
mod labels;
mod metrics;
mod params;
mod probes;
mod push;
mod query;
mod range;
pub(crate) mod rows;
pub(crate) mod series;
mod tail;
mod targets;

use std::sync::Arc;

pub use self::push::push_router;

use axum::Router;
use axum::extract::{OriginalUri, Request};
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodRouter, get};

use crate::Lethe;

/// The description of this API, which a test compares with it.
const OPENAPI: &str = include_str!("http/openapi.json");

/// All URLs of the API over one database.
pub fn router(lethe: Arc<Lethe>) -> Router {
    let router = routes()
        .into_iter()
        .fold(Router::new(), |it, (path, handler)| it.route(path, handler));
    router
        .fallback(not_found)
        .layer(from_fn(only_get))
        .layer(from_fn_with_state(Arc::clone(&lethe), metrics::count))
        .with_state(lethe)
}

fn routes() -> [(&'static str, MethodRouter<Arc<Lethe>>); 12] {
    [
        ("/-/healthy", get(probes::healthy)),
        ("/-/ready", get(probes::ready)),
        ("/api/v1/context", get(query::context)),
        ("/api/v1/histogram", get(histogram::histogram)),
        ("/api/v1/label/{name}/values", get(labels::values)),
        ("/api/v1/metadata", get(targets::metadata)),
        ("/api/v1/openapi.json", get(openapi)),
        ("/api/v1/query", get(query::query)),
        ("/api/v1/query_range", get(query::query_range)),
        ("/api/v1/tail", get(tail::tail)),
        ("/api/v1/targets", get(targets::targets)),
        ("/metrics", get(metrics::metrics)),
    ]
}

async fn openapi() -> Response {
    json::response(StatusCode::OK, OPENAPI.as_bytes().to_vec())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_has_the_paths_of_the_router() {
        let described: serde_json::Value = serde_json::from_str(OPENAPI).unwrap();
        let paths = described["paths"].as_object().unwrap();
        let described: Vec<&str> = paths.keys().map(String::as_str).collect();
        let mut served: Vec<&str> = routes().map(|(path, _)| path).to_vec();
        served.push(push::PATH);
        served.sort_unstable();
        assert_eq!(described, served);
    }
}
