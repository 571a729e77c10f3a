//! Questions to the datasources, through the server.

use serde::Deserialize;
use venti_model::answer::Answer;
use venti_model::api::Success;
use venti_model::api::datasources::DatasourceType;
use venti_model::api::remote::{self, DS_NAME, DS_TYPE};
use venti_model::step::Grid;
use venti_model::time::Span;

use super::http::{self, Abort, ApiError};

/// Who is asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Source {
    /// The main datasource of a type.
    Main(DatasourceType),
    /// A datasource by name.
    Named(String),
}

impl Source {
    fn param(&self) -> (&str, &str) {
        match self {
            Source::Main(kind) => (DS_TYPE, kind.as_str()),
            Source::Named(name) => (DS_NAME, name),
        }
    }
}

/// The value of an expression at one moment, unix seconds.
pub(crate) async fn instant(
    source: &Source,
    expression: &str,
    time: f64,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let time = format!("{time:.3}");
    let params = [source.param(), ("query", expression), ("time", &time)];
    answer(remote::QUERY, &params, abort).await
}

/// The values of an expression over a grid.
pub(crate) async fn range(
    source: &Source,
    expression: &str,
    grid: Grid,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let (start, end) = (grid.start.to_string(), grid.end.to_string());
    let step = grid.step.to_string();
    let params = [
        source.param(),
        ("query", expression),
        ("start", &start),
        ("end", &end),
        ("step", &step),
    ];
    answer(remote::QUERY_RANGE, &params, abort).await
}

/// The newest `limit` log lines of a range, oldest first.
pub(crate) async fn logs(
    source: &Source,
    expression: &str,
    span: Span,
    limit: usize,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let (start, end) = (format!("{:.3}", span.start), format!("{:.3}", span.end));
    let limit = limit.to_string();
    let params = [
        source.param(),
        ("query", expression),
        ("start", &start),
        ("end", &end),
        ("limit", &limit),
        ("logFormat", "json"),
    ];
    answer(remote::QUERY_RANGE, &params, abort).await
}

async fn answer(path: &str, params: &[(&str, &str)], abort: &Abort) -> Result<Answer, ApiError> {
    let body = http::get(path, params, abort).await?;
    Answer::decode(&body).map_err(|error| ApiError::Decode(error.to_string()))
}

/// A namespace or node that has logs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LogTarget {
    /// `namespace` or `node`.
    pub(crate) label: String,
    /// Its name.
    pub(crate) value: String,
}

/// Everything that has logs in the main Lethe.
pub(crate) async fn log_targets(abort: &Abort) -> Result<Vec<LogTarget>, ApiError> {
    let params = [(DS_TYPE, DatasourceType::Lethe.as_str())];
    let body = http::get(remote::METADATA, &params, abort).await?;
    let metadata: Success<LogMetadata> =
        serde_json::from_slice(&body).map_err(|error| ApiError::Decode(error.to_string()))?;
    Ok(metadata
        .data
        .targets
        .iter()
        .filter_map(|it| log_target(it))
        .collect())
}

#[derive(Deserialize)]
struct LogMetadata {
    targets: Vec<String>,
}

/// Reads `pod{namespace="x"}` or `node{node="x"}`.
fn log_target(selector: &str) -> Option<LogTarget> {
    let (_, inside) = selector.split_once('{')?;
    let (label, quoted) = inside.strip_suffix('}')?.split_once('=')?;
    let value = quoted.strip_prefix('"')?.strip_suffix('"')?;
    Some(LogTarget {
        label: label.to_owned(),
        value: value.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_log_targets() {
        let target = |label: &str, value: &str| {
            Some(LogTarget {
                label: label.to_owned(),
                value: value.to_owned(),
            })
        };
        assert_eq!(
            log_target(r#"pod{namespace="shop"}"#),
            target("namespace", "shop")
        );
        assert_eq!(log_target(r#"node{node="n-1"}"#), target("node", "n-1"));
        assert_eq!(log_target("pod{"), None);
        assert_eq!(log_target("pod"), None);
    }
}
