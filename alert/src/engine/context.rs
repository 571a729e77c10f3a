//! What surrounds a rule when it is evaluated or its words are rendered.

use chrono::DateTime;
use venti_model::answer::LogRow;
use venti_model::labels::Labels;
use venti_template::{Data, LogLine, Queries};

use super::active::ActiveAlert;
use super::sample::Evidence;
use crate::rule::AlertRule;
use crate::template::{NeedsQuery, Text};
use crate::time::Timestamp;

/// What all rules of one datasource share.
#[derive(Clone, Copy, Debug)]
pub struct Context<'a> {
    /// The datasource that is asked.
    pub datasource: &'a str,
    /// Whether alerts get its name as the label `datasource`.
    pub labels_datasource: bool,
    /// Labels of this server, for templates and for what is sent.
    pub external_labels: &'a Labels,
    /// Where readers find this server, without a slash at the end.
    pub external_url: &'a str,
    /// Answers to what templates ask.
    pub queries: &'a Queries,
    /// How many alerts the rule may have; 0: any number.
    pub limit: usize,
}

/// What templates of one alert are rendered with.
pub(super) struct Subject<'a> {
    pub(super) labels: &'a Labels,
    pub(super) value: f64,
    pub(super) histogram: Option<&'a str>,
    pub(super) lines: Option<&'a Evidence>,
    pub(super) active_at: Timestamp,
    pub(super) at: Timestamp,
}

impl Context<'_> {
    /// The annotations of an alert, as it was last seen. The order is that of their names.
    pub fn annotations(&self, rule: &AlertRule, alert: &ActiveAlert) -> Result<Labels, NeedsQuery> {
        let subject = Subject {
            labels: &alert.sample,
            value: alert.value,
            histogram: alert.histogram.as_deref(),
            lines: alert.lines.as_deref(),
            active_at: alert.active_at,
            at: alert.seen_at,
        };
        let texts = rule.annotations.iter().map(|(name, text)| (name, text));
        Ok(self.render(texts, &subject)?.into_iter().collect())
    }

    /// Renders texts with one alert.
    pub(super) fn render<'t>(
        &self,
        texts: impl Iterator<Item = (&'t String, &'t Text)>,
        subject: &Subject<'_>,
    ) -> Result<Vec<(&'t str, String)>, NeedsQuery> {
        let logs: Vec<LogLine> = subject
            .lines
            .map(|it| it.rows.iter().map(log_line).collect())
            .unwrap_or_default();
        let newest = subject.lines.and_then(|it| it.rows.first());
        let with_fields = newest.map(|row| fields_below(row, subject.labels));
        let data = Data {
            labels: with_fields.as_ref().unwrap_or(subject.labels),
            external_labels: self.external_labels,
            external_url: self.external_url,
            value: subject.value,
            histogram: subject.histogram,
            datasource: self.datasource,
            active_at: DateTime::from_timestamp_nanos(subject.active_at.nanos()),
            logs: &logs,
            now: DateTime::from_timestamp_nanos(subject.at.nanos()),
        };
        texts
            .map(|(name, text)| Ok((name.as_str(), text.render(&data, self.queries)?)))
            .collect()
    }
}

/// The labels of an alert over the fields of its newest line: templates see both.
fn fields_below(row: &LogRow, labels: &Labels) -> Labels {
    let fields = [
        ("namespace", row.namespace.as_deref()),
        ("pod", row.pod.as_deref()),
        ("container", row.container.as_deref()),
        ("node", row.node.as_deref()),
        ("process", row.process.as_deref()),
        ("time", Some(row.time.as_str())),
        ("log", Some(row.log.as_str())),
    ];
    let fields = fields
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    fields.chain(labels.iter()).collect()
}

fn log_line(row: &LogRow) -> LogLine {
    let text = |field: &Option<String>| field.clone().unwrap_or_default();
    LogLine {
        time: DateTime::parse_from_rfc3339(&row.time)
            .map(|it| it.to_utc())
            .unwrap_or_default(),
        namespace: text(&row.namespace),
        pod: text(&row.pod),
        container: text(&row.container),
        node: text(&row.node),
        process: text(&row.process),
        log: row.log.clone(),
    }
}
