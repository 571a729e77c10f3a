//! An alert to render templates for.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use venti_model::labels::Labels;
use venti_template::{Data, LogLine, Queries, RenderError, Sample, Template, visible_text};

/// An alert that owns what templates borrow.
pub(crate) struct Alert {
    pub(crate) labels: Labels,
    pub(crate) external_labels: Labels,
    pub(crate) external_url: String,
    pub(crate) value: f64,
    pub(crate) logs: Vec<LogLine>,
    pub(crate) queries: Queries,
}

impl Default for Alert {
    fn default() -> Alert {
        let line = |log: &str| LogLine {
            time: time(),
            namespace: "ns1".to_owned(),
            pod: "web-1".to_owned(),
            log: log.to_owned(),
            ..LogLine::default()
        };
        let mut queries = Queries::default();
        // As they are where the outputs of Prometheus were recorded.
        let recorded = |name: &str, a: &str, value| Sample {
            labels: Labels::from_iter([("__name__", name), ("a", a)]),
            value,
        };
        let (v, w) = (recorded("v", "b", 1.0), recorded("w", "a", 2.5));
        queries.insert("v", Ok(vec![v.clone()]));
        queries.insert("v or w", Ok(vec![v, w]));
        queries.insert(
            "v(",
            Err("1:3: parse error: unclosed left parenthesis".to_owned()),
        );
        Alert {
            labels: Labels::from_iter([
                ("__name__", "m"),
                ("instance", "10.0.0.1:9100"),
                ("job", "node"),
            ]),
            external_labels: Labels::from_iter([("cluster", "c1")]),
            external_url: "http://venti.example:8080/pfx".to_owned(),
            value: 5.0,
            logs: vec![line("second"), line("first")],
            queries,
        }
    }
}

fn time() -> DateTime<Utc> {
    DateTime::from_timestamp(1_700_000_000, 500_000_000).unwrap()
}

impl Alert {
    pub(crate) fn data(&self) -> Data<'_> {
        Data {
            labels: &self.labels,
            external_labels: &self.external_labels,
            external_url: &self.external_url,
            value: self.value,
            histogram: None,
            datasource: "main",
            active_at: time(),
            logs: &self.logs,
            now: time(),
        }
    }

    pub(crate) fn render(&self, text: &str) -> Result<String, RenderError> {
        let template = Template::parse("__alert_T", text).unwrap_or_else(|it| panic!("{it}"));
        template.render(&self.data(), &self.queries)
    }

    /// What a reader of the alert sees.
    pub(crate) fn shown(&self, text: &str) -> String {
        match Template::parse("__alert_T", text) {
            Ok(template) => match template.render(&self.data(), &self.queries) {
                Ok(text) => text,
                Err(error) => visible_text(&error),
            },
            Err(error) => visible_text(&error),
        }
    }
}

/// What is shown for the standard alert.
pub(crate) fn shown(text: &str) -> String {
    Alert::default().shown(text)
}

/// The end of a message, behind where and for what it is.
pub(crate) fn reason(text: &str) -> String {
    match Alert::default().render(text) {
        Err(RenderError::Failed(error)) => error.message,
        other => panic!("{text} gave {other:?}"),
    }
}

/// Where the records of a real Prometheus are.
pub(crate) fn golden_file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../shared/golden/alerting/templates.jsonl.gz")
}

/// Samples with these values of the label `a`.
pub(crate) fn samples(values: &[&str]) -> Vec<Sample> {
    let sample = |value: &&str| Sample {
        labels: Labels::from_iter([("a", *value)]),
        value: 1.0,
    };
    values.iter().map(sample).collect()
}
