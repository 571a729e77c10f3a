//! Whether this process lives and can do its work.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;

use crate::Lethe;

/// Always healthy. The words are those of the original; the datasource page of
/// Venti looks for ` is Healthy.` in them.
pub(super) async fn healthy() -> &'static str {
    "Venti is Healthy.\n"
}

/// Ready as soon as the data directory can be read.
pub(super) async fn ready(State(lethe): State<Arc<Lethe>>) -> (StatusCode, &'static str) {
    if lethe.is_ready().await {
        (StatusCode::OK, "Venti is Ready.\n")
    } else {
        (
            StatusCode::SERVICE_UNAVAILABLE,
            "Venti is not Ready: the log directory cannot be read.\n",
        )
    }
}
