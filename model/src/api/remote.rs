//! `/api/v1/remote/…`: queries passed on to a datasource. The answers are the datasource's own,
//! see [`crate::answer`]; errors are [`super::ErrorBody`] whoever made them.

/// Under which prefixes the four endpoints answer: the original's, and a short one.
pub const PREFIXES: [&str; 2] = ["/api/v1/remote", "/remote"];

/// Instant query: parameters `dsName` or `dsType`, `query time timeout logFormat`.
pub const QUERY: &str = "/api/v1/remote/query";

/// Range query: parameters `dsName` or `dsType`, `query start end step timeout logFormat`,
/// and `limit` for logs.
pub const QUERY_RANGE: &str = "/api/v1/remote/query_range";

/// Whether the datasource is well; its own status and body.
pub const HEALTHY: &str = "/api/v1/remote/healthy";

/// Metric names with their types and help texts, or log targets.
pub const METADATA: &str = "/api/v1/remote/metadata";

/// Chooses a datasource by name; wins over [`DS_TYPE`].
pub const DS_NAME: &str = "dsName";

/// Chooses the main datasource of a type.
pub const DS_TYPE: &str = "dsType";
