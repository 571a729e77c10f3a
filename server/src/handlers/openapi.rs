//! `GET /api/v1/openapi.json`: the description of the whole API.

use axum::http::header;
use axum::response::IntoResponse;

/// It is kept by hand; a test holds it against the router.
const DESCRIPTION: &str = include_str!("../../openapi.json");

/// OpenAPI 3.1, for those who write or test clients.
pub(crate) async fn describe() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], DESCRIPTION)
}
