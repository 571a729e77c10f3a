//! Lines of another log database as rows of Lethe, and bodies in its shape.

use std::collections::BTreeMap;

use chrono::{DateTime, SecondsFormat, Utc};
use serde::Serialize;
use venti_model::answer::LogRow;
use venti_model::api::Success;

use super::following::News;
use super::page::{Cursor, Page};
use crate::config::LogFields;

/// A line with all its fields. Their order is that of time, and of texts within the same one.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
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
    /// The cursor behind which the next page begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    next: Option<String>,
    result_type: &'static str,
    result: Vec<LogRow>,
}

/// A page of lines, with a warning and the cursor of the next page if there are more.
pub(super) fn page(
    lines: Vec<Line>,
    page: Page,
    with_cursors: bool,
    fields: &LogFields,
) -> Vec<u8> {
    let found = page.of(lines);
    let next = found.next().filter(|_| page.newest);
    let warning = found.has_more.then(|| {
        let which = if page.newest { "newest" } else { "oldest" };
        let limit = page.limit;
        format!("there are more lines: only the {which} {limit} are shown")
    });
    let next = next.map(|it| it.to_string());
    body(found.lines, next, warning, with_cursors, fields)
}

/// New lines of a live tail.
pub(super) fn news(news: News, with_cursors: bool, fields: &LogFields) -> Vec<u8> {
    let warning = news
        .has_more
        .then(|| "there are more lines than a live tail shows: some are missing".to_owned());
    body(news.lines, None, warning, with_cursors, fields)
}

/// A line with those round it, each with its cursor.
pub(super) fn context(lines: Vec<(Cursor, Line)>, fields: &LogFields) -> Vec<u8> {
    body(lines, None, None, true, fields)
}

fn body(
    lines: Vec<(Cursor, Line)>,
    next: Option<String>,
    warning: Option<String>,
    with_cursors: bool,
    fields: &LogFields,
) -> Vec<u8> {
    let rows = lines.into_iter().map(|(cursor, line)| LogRow {
        cursor: with_cursors.then(|| cursor.to_string()),
        ..row(line, fields)
    });
    json(&Answer {
        status: "success",
        data: Rows {
            next,
            result_type: "logs",
            result: rows.collect(),
        },
        warnings: warning.into_iter().collect(),
    })
}

/// A line of a pod when something says of which, else one of a node.
fn row(line: Line, names: &LogFields) -> LogRow {
    let first = |names: &[String]| names.iter().find_map(|it| line.fields.get(it)).cloned();
    let mut row = LogRow {
        time: moment(line.time),
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

/// RFC 3339, of nanoseconds of unix time.
pub(super) fn moment(nanos: i64) -> String {
    DateTime::<Utc>::from_timestamp_nanos(nanos).to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// The selector of all pods of a namespace or of a node, as Lethe names them.
pub(super) fn selector(of_pods: bool, name: &str) -> String {
    let (kind, label) = if of_pods {
        ("pod", "namespace")
    } else {
        ("node", "node")
    };
    format!("{kind}{{{label}=\"{name}\"}}")
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
