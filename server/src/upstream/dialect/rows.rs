//! Lines of another log database as rows of Lethe, and bodies in its shape.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use venti_model::answer::LogRow;
use venti_model::api::Success;

use crate::config::LogFields;

/// A line with all its fields.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Line {
    /// Nanoseconds of unix time.
    pub(super) time: i64,
    pub(super) message: String,
    pub(super) fields: BTreeMap<String, String>,
}

#[derive(Serialize)]
struct Answer {
    status: &'static str,
    data: Rows,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rows {
    result_type: &'static str,
    result: Vec<LogRow>,
}

/// The newest or oldest `limit` lines, ascending in time, with a warning if there are more.
pub(super) fn body(
    mut lines: Vec<Line>,
    limit: usize,
    newest: bool,
    fields: &LogFields,
) -> Vec<u8> {
    lines.sort_by_key(|it| it.time);
    let surplus = lines.len().saturating_sub(limit);
    if newest {
        lines.drain(..surplus);
    } else {
        lines.truncate(limit);
    }
    let mut warnings = Vec::new();
    if surplus > 0 {
        let which = if newest { "newest" } else { "oldest" };
        warnings.push(format!(
            "there are more lines: only the {which} {limit} are shown"
        ));
    }
    json(&Answer {
        status: "success",
        data: Rows {
            result_type: "logs",
            result: lines.into_iter().map(|it| row(it, fields)).collect(),
        },
        warnings,
    })
}

/// A line of a pod when something says of which, else one of a node.
fn row(line: Line, names: &LogFields) -> LogRow {
    let first = |names: &[String]| names.iter().find_map(|it| line.fields.get(it)).cloned();
    let mut row = LogRow {
        time: DateTime::<Utc>::from_timestamp_nanos(line.time)
            .to_rfc3339_opts(SecondsFormat::AutoSi, true),
        namespace: first(&names.namespace),
        pod: first(&names.pod),
        container: first(&names.container),
        ..LogRow::default()
    };
    if row.namespace.is_none() && row.pod.is_none() && row.container.is_none() {
        row.node = first(&names.node);
        row.process = first(&names.process);
    }
    row.log = line.message;
    row
}

/// `{"status":"success","data":…}`.
pub(super) fn success(data: &impl Serialize) -> Vec<u8> {
    json(&Success::new(data))
}

pub(super) fn json(value: &impl Serialize) -> Vec<u8> {
    // Fails for maps whose keys are no texts; there are none.
    serde_json::to_vec(value).unwrap_or_default()
}

/// A matrix of Prometheus, of texts by one label, with times in unix seconds.
pub(super) fn matrix_by_level(series: &BTreeMap<String, BTreeMap<i64, u64>>) -> Vec<u8> {
    let result: Vec<_> = series
        .iter()
        .map(|(level, points)| {
            let values: Vec<(i64, String)> = points
                .iter()
                .map(|(time, count)| (*time, count.to_string()))
                .collect();
            serde_json::json!({"metric": {"level": level}, "values": values})
        })
        .collect();
    success(&serde_json::json!({"resultType": "matrix", "result": result}))
}

/// One of the levels of Lethe, for the words that are used for it.
pub(super) fn level(word: &str) -> &'static str {
    match word.to_ascii_lowercase().as_str() {
        "error" | "err" | "critical" | "crit" | "fatal" | "panic" | "alert" | "emerg"
        | "emergency" => "error",
        "warn" | "warning" => "warn",
        "info" | "information" | "notice" => "info",
        "debug" | "trace" => "debug",
        _ => "unknown",
    }
}
