//! Questions to a Lethe beyond those that Prometheus knows too.

use serde::Deserialize;
use venti_model::answer::Answer;
use venti_model::api::Success;
use venti_model::api::datasources::DatasourceType;
use venti_model::api::remote;
use venti_model::step::Grid;
use venti_model::time::Span;

use super::http::{self, Abort, ApiError};
use super::query::{Source, answer};

/// Which lines of a range are asked for: the newest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Newest<'a> {
    /// How many at most.
    pub(crate) limit: usize,
    /// Only those before this line; a cursor of an earlier answer.
    pub(crate) before: Option<&'a str>,
}

/// Log lines of a range, oldest first, each with its cursor.
pub(crate) async fn lines(
    source: &Source,
    query: &str,
    span: Span,
    newest: Newest<'_>,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let (start, end) = ends(span);
    let limit = newest.limit.to_string();
    let params = [
        source.param(),
        ("query", query),
        ("start", &start),
        ("end", &end),
        ("limit", &limit),
        ("cursor", newest.before.unwrap_or_default()),
        ("cursors", "true"),
        ("logFormat", "json"),
    ];
    answer(remote::QUERY_RANGE, &params, abort).await
}

/// The line at a cursor, with `count` lines before and as many behind it of those that a query
/// selects.
pub(crate) async fn context(
    source: &Source,
    query: &str,
    cursor: &str,
    count: usize,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let count = count.to_string();
    let params = [
        source.param(),
        ("query", query),
        ("cursor", cursor),
        ("limit", &count),
    ];
    answer(remote::CONTEXT, &params, abort).await
}

/// How many lines there are in each step of a grid, by level.
pub(crate) async fn histogram(
    source: &Source,
    query: &str,
    grid: Grid,
    abort: &Abort,
) -> Result<Answer, ApiError> {
    let start = grid.start.to_string();
    // A point stands at the start of its step, the last one too.
    let end = format!(
        "{}.999",
        grid.end
            .saturating_add_unsigned(grid.step.saturating_sub(1))
    );
    let step = grid.step.to_string();
    let params = [
        source.param(),
        ("query", query),
        ("start", &start),
        ("end", &end),
        ("step", &step),
    ];
    answer(remote::HISTOGRAM, &params, abort).await
}

/// The values that a label has in the lines of a selector. Without one, all namespaces or nodes
/// that have files of the range.
pub(crate) async fn label_values(
    source: &Source,
    label: &str,
    selector: Option<&str>,
    span: Span,
    abort: &Abort,
) -> Result<Vec<String>, ApiError> {
    let (start, end) = ends(span);
    let params = [
        source.param(),
        ("match[]", selector.unwrap_or_default()),
        ("start", &start),
        ("end", &end),
    ];
    let body = http::get(&remote::label_values(label), &params, abort).await?;
    let values: Success<Vec<String>> = decoded(&body)?;
    Ok(values.data)
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
pub(crate) async fn targets(abort: &Abort) -> Result<Vec<LogTarget>, ApiError> {
    let lethe = Source::Main(DatasourceType::Lethe);
    let params = [lethe.param()];
    let body = http::get(remote::METADATA, &params, abort).await?;
    let metadata: Success<LogMetadata> = decoded(&body)?;
    let targets = metadata.data.targets.iter();
    Ok(targets.filter_map(|it| log_target(it)).collect())
}

fn ends(span: Span) -> (String, String) {
    (format!("{:.3}", span.start), format!("{:.3}", span.end))
}

fn decoded<'de, T: Deserialize<'de>>(body: &'de [u8]) -> Result<T, ApiError> {
    serde_json::from_slice(body).map_err(|error| ApiError::Decode(error.to_string()))
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
