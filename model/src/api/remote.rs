//! `/api/v1/remote/…`: requests passed on to a datasource. The answers are the datasource's own,
//! see [`crate::answer`]; errors are [`super::ErrorBody`] whoever made them.
//!
//! Each takes [`DS_NAME`] or [`DS_TYPE`] and the parameters of the API it is part of: Prometheus',
//! or Lethe's. A datasource that has no such endpoint makes it a client's error.

/// Under which prefixes all of these paths answer: the original's, and a short one.
pub const PREFIXES: [&str; 2] = ["/api/v1/remote", "/remote"];

/// Instant query, of numbers or lines: `query`, `time`, and for lines `limit`, `direction`,
/// `cursor` and `cursors`.
pub const QUERY: &str = "/api/v1/remote/query";

/// Range query: `query`, `start`, `end`, `step`, and for lines as [`QUERY`].
pub const QUERY_RANGE: &str = "/api/v1/remote/query_range";

/// Series of Prometheus: `match[]` as often as wanted, `start`, `end`, `limit`.
pub const SERIES: &str = "/api/v1/remote/series";

/// Names of labels: as [`SERIES`].
pub const LABELS: &str = "/api/v1/remote/labels";

/// Values of one label, whose name stands for `{name}`: as [`SERIES`]. See [`label_values`].
pub const LABEL_VALUES: &str = "/api/v1/remote/label/{name}/values";

/// Metric names with their types and help texts, or log targets.
pub const METADATA: &str = "/api/v1/remote/metadata";

/// What is scraped, or what has logs.
pub const TARGETS: &str = "/api/v1/remote/targets";

/// Rules of Prometheus.
pub const RULES: &str = "/api/v1/remote/rules";

/// Active alerts of Prometheus.
pub const ALERTS: &str = "/api/v1/remote/alerts";

/// A query of Prometheus, set in order: `query`.
pub const FORMAT_QUERY: &str = "/api/v1/remote/format_query";

/// Whether the datasource is well; its own status and body.
pub const HEALTHY: &str = "/api/v1/remote/healthy";

/// Lines in each step by level, a matrix: `query`, `start`, `end`, `step`.
pub const HISTOGRAM: &str = "/api/v1/remote/histogram";

/// The lines round one: `query`, `cursor`, `limit`, `start`, `end`.
pub const CONTEXT: &str = "/api/v1/remote/context";

/// Lines as they are written, server-sent events: `query`, `start`, `limit`, `cursors`. The data
/// of each event is an answer of rows; an event named `error` is the last one.
pub const TAIL: &str = "/api/v1/remote/tail";

/// Chooses a datasource by name; wins over [`DS_TYPE`].
pub const DS_NAME: &str = "dsName";

/// Chooses the main datasource of a type.
pub const DS_TYPE: &str = "dsType";

/// The path of the values of one label.
pub fn label_values(name: &str) -> String {
    LABEL_VALUES.replace("{name}", name)
}
