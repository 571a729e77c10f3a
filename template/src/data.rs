//! What a template is rendered with: an alert, its log lines, and answers to
//! the queries that it makes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use venti_model::labels::Labels;

/// Distinct queries of one rendering. Rules in the wild make one or two.
const MAX_QUERIES: usize = 20;

/// An alert as a template sees it.
#[derive(Clone, Copy, Debug)]
pub struct Data<'a> {
    /// `$labels`: the labels of the sample, `__name__` included.
    pub labels: &'a Labels,
    /// `$externalLabels`
    pub external_labels: &'a Labels,
    /// `$externalURL`, where readers of the alert find the server.
    pub external_url: &'a str,
    /// `$value`
    pub value: f64,
    /// `$value` of a sample that is a native histogram, as text.
    pub histogram: Option<&'a str>,
    /// `$datasource`, which Prometheus does not have.
    pub datasource: &'a str,
    /// `$activeAt`, which Prometheus does not have.
    pub active_at: DateTime<Utc>,
    /// `$logs`, which Prometheus does not have: the newest first.
    pub logs: &'a [LogLine],
    /// `now`: when the rule is evaluated.
    pub now: DateTime<Utc>,
}

/// A log line, in `$logs`. Printed whole it is its text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LogLine {
    /// `.Time`
    pub time: DateTime<Utc>,
    /// `.Namespace`, empty for a log of a node, as are pod and container.
    pub namespace: String,
    /// `.Pod`
    pub pod: String,
    /// `.Container`
    pub container: String,
    /// `.Node`, empty for a log of a pod, as is the process.
    pub node: String,
    /// `.Process`
    pub process: String,
    /// `.Log`
    pub log: String,
}

/// An element of a query's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// `.Labels`, `__name__` included.
    pub labels: Labels,
    /// `.Value`
    pub value: f64,
}

/// Answers to what templates ask by `query`.
///
/// Rendering does no I/O: where an answer is missing it ends with
/// [`RenderError::NeedsQuery`](crate::RenderError::NeedsQuery), and whoever
/// renders asks the datasource, inserts the answer and renders again. That
/// comes to an end, since a rendering fails that wants more than twenty.
#[derive(Clone, Debug, Default)]
pub struct Queries {
    answers: BTreeMap<String, Result<Vec<Sample>, String>>,
}

impl Queries {
    /// Keeps the answer to a query, or why there is none.
    pub fn insert(&mut self, query: impl Into<String>, answer: Result<Vec<Sample>, String>) {
        self.answers.insert(query.into(), answer);
    }

    pub(crate) fn answer(&self, query: &str) -> Option<&Result<Vec<Sample>, String>> {
        self.answers.get(query)
    }

    /// Whether no further answer may be asked for.
    pub(crate) fn is_full(&self) -> bool {
        self.answers.len() >= MAX_QUERIES
    }
}
