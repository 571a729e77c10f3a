//! An alert as it waits to be told: a [`Notice`] that can be kept on disk.

use chrono::DateTime;
use serde::{Deserialize, Serialize};
use venti_alert::expression::Language;
use venti_alert::message::PostableAlert;
use venti_alert::{Fingerprint, Timestamp};
use venti_model::answer::LogRow;
use venti_template::{Data, LogLine, Queries, Template};

use crate::alerting::Notice;

/// What messages are made of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Alert {
    /// As Alertmanager takes it.
    pub(super) message: PostableAlert,
    /// Its identity.
    pub(super) fingerprint: Fingerprint,
    /// The evaluation that this was found by.
    pub(super) at: Timestamp,
    /// When its sample came up.
    pub(super) active_at: Timestamp,
    /// When it began to fire.
    pub(super) fired_at: Timestamp,
    /// When it ended.
    pub(super) resolved_at: Option<Timestamp>,
    /// The value as text: JSON has no infinity.
    pub(super) value: String,
    /// Lines that it was found by, the newest first.
    pub(super) lines: Vec<LogRow>,
    /// Where it was found.
    pub(super) datasource: String,
    /// The rule's expression.
    pub(super) expression: String,
    /// The type of datasource that the expression is for.
    pub(super) datasource_type: String,
    /// The receivers that its rule names.
    pub(super) notify: Vec<String>,
    /// What is to be looked up for the message, or why that cannot be known.
    pub(super) query: Option<Result<String, String>>,
    /// Whether somebody wanted to see whether messages arrive.
    pub(super) is_test: bool,
}

impl Alert {
    /// A label as receivers see it.
    pub(super) fn label(&self, name: &str) -> &str {
        self.message.labels.get(name).unwrap_or_default()
    }

    /// An annotation, unless it is missing or empty.
    pub(super) fn annotation(&self, name: &str) -> Option<&str> {
        let text = self.message.annotations.get(name)?;
        (!text.is_empty()).then_some(text)
    }

    /// Until when it may be taken for firing, if nothing more is heard of it.
    pub(super) fn valid_until(&self) -> Timestamp {
        time(&self.message.ends_at).unwrap_or(self.at)
    }
}

/// A moment as messages write it.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let time = DateTime::parse_from_rfc3339(text).ok()?;
    time.timestamp_nanos_opt().map(Timestamp::from_nanos)
}

impl From<&Notice> for Alert {
    fn from(notice: &Notice) -> Self {
        let lines = notice.lines.as_deref();
        let at_least = if lines.is_some_and(|it| it.is_cut) {
            ">= "
        } else {
            ""
        };
        Self {
            message: notice.message.clone(),
            fingerprint: notice.fingerprint,
            at: notice.at,
            active_at: notice.active_at,
            fired_at: notice.fired_at,
            resolved_at: notice.resolved_at,
            value: match &notice.histogram {
                Some(text) => text.to_string(),
                None => format!("{at_least}{}", notice.value),
            },
            lines: lines.map(|it| it.rows.clone()).unwrap_or_default(),
            datasource: notice.datasource.clone(),
            expression: notice.rule.expression.clone(),
            datasource_type: match notice.rule.language {
                Language::PromQl => "prometheus",
                other => other.datasource_type(),
            }
            .to_owned(),
            notify: notice.rule.notify.clone(),
            query: query(notice),
            is_test: notice.is_test,
        }
    }
}

/// The query of the rule with the alert's values put in so that they stay values: the annotation
/// as Alertmanager gets it is a text, and a label could change its meaning.
fn query(notice: &Notice) -> Option<Result<String, String>> {
    let written = notice.rule.query.as_deref()?;
    let data = Data {
        labels: &notice.labels,
        external_labels: &notice.message.labels,
        external_url: "",
        value: notice.value,
        histogram: notice.histogram.as_deref(),
        datasource: &notice.datasource,
        active_at: DateTime::from_timestamp_nanos(notice.active_at.nanos()),
        logs: &[] as &[LogLine],
        now: DateTime::from_timestamp_nanos(notice.at.nanos()),
    };
    let rendered = Template::parse(&notice.rule.name, written)
        .map_err(|it| it.to_string())
        .and_then(|it| {
            it.render_query(&data, &Queries::default())
                .map_err(|it| it.to_string())
        });
    Some(rendered)
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::time::Duration;
    use venti_model::labels::Labels;

    /// An alert that is seen to fire, in seconds.
    pub(in crate::notify) fn firing(name: &str, fired_at: i64, at: i64) -> Alert {
        let seconds = |it: i64| Timestamp::from_nanos(it * 1_000_000_000);
        let labels = Labels::from_iter([("alertname", name), ("severity", "page")]);
        let ends = seconds(at).plus(Duration::from_secs(240));
        Alert {
            fingerprint: Fingerprint::of(&labels),
            message: PostableAlert {
                annotations: Labels::from_iter([("summary", "it is full")]),
                ends_at: ends.to_rfc3339_millis(),
                starts_at: seconds(fired_at).to_rfc3339_millis(),
                generator_url: String::new(),
                labels,
            },
            at: seconds(at),
            active_at: seconds(fired_at),
            fired_at: seconds(fired_at),
            resolved_at: None,
            value: "5".to_owned(),
            lines: Vec::new(),
            datasource: String::new(),
            expression: "up == 0".to_owned(),
            datasource_type: "prometheus".to_owned(),
            notify: Vec::new(),
            query: None,
            is_test: false,
        }
    }

    /// The same, ended.
    pub(in crate::notify) fn resolved(name: &str, fired_at: i64, at: i64) -> Alert {
        let alert = firing(name, fired_at, at);
        Alert {
            resolved_at: Some(alert.at),
            ..alert
        }
    }
}
