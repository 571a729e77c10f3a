//! The answer to a request that failed. The only place that chooses a status.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::QueryError;
use crate::letheql;
use crate::search::Interrupted;

use super::json;
use super::params::ParamError;

/// A failed request.
#[derive(Debug, thiserror::Error)]
pub(super) enum ApiError {
    #[error(transparent)]
    Param(#[from] ParamError),
    #[error(transparent)]
    Query(#[from] QueryError),
}

impl From<letheql::Error> for ApiError {
    fn from(error: letheql::Error) -> ApiError {
        ApiError::Query(error.into())
    }
}

impl ApiError {
    /// Status and body, the latter in Prometheus' shape:
    /// `{"error":…,"errorType":…,"status":"error"}`.
    pub(super) fn into_parts(self) -> (StatusCode, Vec<u8>) {
        let (status, error_type) = match &self {
            ApiError::Param(_)
            | ApiError::Query(
                QueryError::BadQuery(_)
                | QueryError::BadFilter(_)
                | QueryError::UnknownLabel { .. }
                | QueryError::NoSelector { .. }
                | QueryError::TooManyPoints
                | QueryError::TooManySeries,
            ) => (StatusCode::BAD_REQUEST, "bad_data"),
            ApiError::Query(QueryError::Interrupted(Interrupted::TimedOut)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "timeout")
            }
            ApiError::Query(QueryError::Interrupted(Interrupted::Canceled)) => {
                (StatusCode::SERVICE_UNAVAILABLE, "canceled")
            }
            ApiError::Query(QueryError::TooManyTails) => {
                (StatusCode::SERVICE_UNAVAILABLE, "unavailable")
            }
            ApiError::Query(error @ (QueryError::Storage(_) | QueryError::Failed)) => {
                // The answer names no path; the log does.
                tracing::error!(?error, "a log query failed");
                (StatusCode::INTERNAL_SERVER_ERROR, "internal")
            }
        };
        let mut body = br#"{"error":"#.to_vec();
        json::push_string(&mut body, self.to_string().as_bytes());
        body.extend_from_slice(br#","errorType":"#);
        json::push_string(&mut body, error_type.as_bytes());
        body.extend_from_slice(br#","status":"error"}"#);
        (status, body)
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, body) = self.into_parts();
        json::response(status, body)
    }
}
