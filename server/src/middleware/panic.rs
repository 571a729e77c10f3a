//! A panic in a handler becomes an answer like any other failure of the server.

use std::any::Any;

use axum::response::{IntoResponse, Response};

use crate::error::ApiError;

/// The message goes to the log alone.
pub(super) fn answer(panic: Box<dyn Any + Send>) -> Response {
    let message = panic
        .downcast_ref::<String>()
        .map(String::as_str)
        .or_else(|| panic.downcast_ref::<&str>().copied())
        .unwrap_or("a panic without a message");
    ApiError::internal(message).into_response()
}
