//! Every endpoint: its path, and what goes over the wire.
//!
//! Server and browser share these types, so renaming one breaks the other at compile time.

use serde::{Deserialize, Serialize};

pub mod alerts;
pub mod auth;
pub mod dashboards;
pub mod datasources;
pub mod remote;
pub mod silences;
pub mod status;

/// The description of all endpoints, as OpenAPI.
pub const OPENAPI_PATH: &str = "/api/v1/openapi.json";

/// Where lines are posted for a Lethe inside the server.
pub const PUSH_PATH: &str = "/api/v1/push";

/// The header in which the server tells its clock with every answer: unix seconds with
/// milliseconds. "Now" is the server's everywhere, since browsers' clocks are wrong.
pub const TIME_HEADER: &str = "x-venti-time";

/// The header that tells of a datasource's answer whether it was asked for it: `miss`; `shared`
/// when somebody else was just asking the same; `hit` when that was a moment ago.
pub const CACHE_HEADER: &str = "x-venti-cache";

/// The success envelope of Prometheus' API: `{"status":"success","data":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Success<T> {
    /// Always `success`.
    pub status: SuccessStatus,
    /// The answer itself.
    pub data: T,
}

impl<T> Success<T> {
    /// Wraps an answer.
    pub fn new(data: T) -> Self {
        Self {
            status: SuccessStatus::Success,
            data,
        }
    }
}

/// The word `success`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SuccessStatus {
    /// The one value.
    Success,
}

/// The error body of Prometheus' API: `{"status":"error","errorType":…,"error":…}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ErrorBody {
    /// Always `error`.
    pub status: ErrorStatus,
    /// One of Prometheus' words, such as `bad_data`, `execution`, `timeout`, `unavailable`.
    pub error_type: String,
    /// What went wrong, for people.
    pub error: String,
}

impl ErrorBody {
    /// An error of the given type.
    pub fn new(error_type: impl Into<String>, error: impl Into<String>) -> Self {
        Self {
            status: ErrorStatus::Error,
            error_type: error_type.into(),
            error: error.into(),
        }
    }
}

/// The word `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ErrorStatus {
    /// The one value.
    Error,
}
