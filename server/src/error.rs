//! What a request that failed is answered: the only place that chooses a status code.
//!
//! Bodies have Prometheus' shape and, where it has one, its status for the kind of failure.
//! 4xx and the failures of datasources say what to do; a failure of the server itself says a
//! fixed phrase, and its detail travels in a response extension to the request log.

use axum::Json;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use venti_model::api::ErrorBody;
use venti_model::api::datasources::DatasourceType;

use crate::auth::{LoginError, Refusal};
use crate::datasource::ChoiceError;
use crate::upstream::{Endpoint, Failure, UpstreamError};

/// A request that failed.
#[derive(Clone, Debug)]
pub(crate) struct ApiError {
    kind: Kind,
    message: String,
    detail: Option<String>,
}

/// For the request log: why an answer failed. Never sent.
#[derive(Clone, Debug)]
pub(crate) struct ErrorDetail(pub(crate) String);

#[derive(Clone, Copy, Debug)]
enum Kind {
    BadData,
    /// It is not known who asks.
    Unauthorized,
    /// It is known, and they may not.
    Forbidden,
    /// Another try has to wait for so many seconds.
    TooMany(u64),
    NotFound,
    MethodNotAllowed,
    TooLarge,
    /// What was asked for is understood, and what it is about has errors.
    Unusable,
    Internal,
    /// The datasource cannot be reached, or answers something else.
    Upstream,
    /// The datasource did not answer in time.
    UpstreamTimeout,
}

impl Kind {
    fn status_and_type(self) -> (StatusCode, &'static str) {
        match self {
            Kind::BadData => (StatusCode::BAD_REQUEST, "bad_data"),
            Kind::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            Kind::Forbidden => (StatusCode::FORBIDDEN, "forbidden"),
            Kind::TooMany(_) => (StatusCode::TOO_MANY_REQUESTS, "unavailable"),
            Kind::NotFound => (StatusCode::NOT_FOUND, "not_found"),
            Kind::MethodNotAllowed => (StatusCode::METHOD_NOT_ALLOWED, "bad_data"),
            Kind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "bad_data"),
            Kind::Unusable => (StatusCode::UNPROCESSABLE_ENTITY, "execution"),
            Kind::Internal => (StatusCode::INTERNAL_SERVER_ERROR, "internal"),
            Kind::Upstream => (StatusCode::BAD_GATEWAY, "unavailable"),
            Kind::UpstreamTimeout => (StatusCode::GATEWAY_TIMEOUT, "timeout"),
        }
    }
}

impl ApiError {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            detail: None,
        }
    }

    /// The request makes no sense.
    pub(crate) fn bad_data(message: impl Into<String>) -> Self {
        Self::new(Kind::BadData, message)
    }

    /// The datasource's API has no such endpoint.
    pub(crate) fn no_endpoint(kind: DatasourceType, endpoint: &Endpoint) -> Self {
        Self::bad_data(format!("a datasource of type `{kind}` has no `{endpoint}`"))
    }

    /// This is not for everybody, or not from there.
    pub(crate) fn forbidden(message: impl Into<String>) -> Self {
        Self::new(Kind::Forbidden, message)
    }

    /// A datasource answered what cannot be used.
    pub(crate) fn bad_gateway(message: impl Into<String>) -> Self {
        Self::new(Kind::Upstream, message)
    }

    /// There is no such thing.
    pub(crate) fn not_found(message: impl Into<String>) -> Self {
        Self::new(Kind::NotFound, message)
    }

    /// The path is right and the method is not.
    pub(crate) fn method_not_allowed(method: &axum::http::Method) -> Self {
        Self::new(
            Kind::MethodNotAllowed,
            format!("{method} is not possible here"),
        )
    }

    /// The request's body cannot be read, or is longer than accepted.
    pub(crate) fn unreadable_body(rejection: &BytesRejection) -> Self {
        let kind = match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => Kind::TooLarge,
            _ => Kind::BadData,
        };
        Self::new(kind, rejection.body_text().to_lowercase())
    }

    /// Files, or whatever else the request is about, have errors.
    pub(crate) fn unusable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unusable, message)
    }

    /// The server's own fault; `detail` is for the log alone.
    pub(crate) fn internal(detail: impl Into<String>) -> Self {
        Self {
            kind: Kind::Internal,
            message: "the server failed: its log tells why".to_owned(),
            detail: Some(detail.into()),
        }
    }
}

impl From<ChoiceError> for ApiError {
    fn from(error: ChoiceError) -> Self {
        let kind = match &error {
            ChoiceError::Missing | ChoiceError::UnknownType(_) => Kind::BadData,
            ChoiceError::UnknownName { .. } | ChoiceError::NoneOfType(_) => Kind::NotFound,
        };
        Self::new(kind, error.to_string())
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self::new(Kind::Unauthorized, refusal.to_string())
    }
}

impl From<LoginError> for ApiError {
    fn from(error: LoginError) -> Self {
        let kind = match &error {
            LoginError::NoLogins(_) => Kind::NotFound,
            LoginError::Wrong => Kind::Unauthorized,
            LoginError::TooMany(wait) => Kind::TooMany(wait.as_secs()),
            LoginError::Failed(_) => return Self::internal(error.to_string()),
        };
        Self::new(kind, error.to_string())
    }
}

impl From<UpstreamError> for ApiError {
    fn from(error: UpstreamError) -> Self {
        let kind = match error.failure {
            Failure::Timeout(_) => Kind::UpstreamTimeout,
            Failure::TooLong => Kind::TooLarge,
            Failure::BadCall(_) => Kind::BadData,
            _ => Kind::Upstream,
        };
        Self {
            kind,
            message: error.to_string(),
            detail: Some(error.to_string()),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let (status, error_type) = self.kind.status_and_type();
        let body = Json(ErrorBody::new(error_type, self.message));
        let mut response = (status, body).into_response();
        let headers = response.headers_mut();
        match self.kind {
            Kind::Unauthorized => {
                // Not `Basic`, at which browsers would ask for a password themselves.
                let scheme = HeaderValue::from_static("Bearer");
                headers.insert(header::WWW_AUTHENTICATE, scheme);
            }
            Kind::TooMany(seconds) => {
                headers.insert(header::RETRY_AFTER, seconds.into());
            }
            _ => {}
        }
        if let Some(detail) = self.detail {
            response.extensions_mut().insert(ErrorDetail(detail));
        }
        response
    }
}
