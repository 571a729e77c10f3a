//! What is sent about an alert: the body of Alertmanager's API v2, with the fields that
//! Prometheus fills, each the same way.

use serde::{Deserialize, Serialize};
use venti_model::labels::Labels;

use crate::engine::{ActiveAlert, Context};
use crate::relabel::{Relabel, relabel};
use crate::rule::AlertRule;
use crate::template::NeedsQuery;

/// One element of the body of `POST /api/v2/alerts`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PostableAlert {
    /// Its annotations, rendered; the key is left out where there are none.
    #[serde(default, skip_serializing_if = "Labels::is_empty")]
    pub annotations: Labels,
    /// When it ended, or when it may be taken for ended, RFC 3339 with milliseconds.
    pub ends_at: String,
    /// When it began to fire.
    pub starts_at: String,
    /// Where to look at its expression.
    #[serde(rename = "generatorURL")]
    pub generator_url: String,
    /// Its identity with the external labels.
    pub labels: Labels,
}

/// The message about an alert that [is due](crate::engine::RuleState::take_due); `None` for one
/// that never fired, and where relabelling drops it.
pub fn postable(
    rule: &AlertRule,
    context: &Context<'_>,
    alert: &ActiveAlert,
    steps: &[Relabel],
) -> Result<Option<PostableAlert>, NeedsQuery> {
    let Some(labels) = outgoing_labels(&alert.labels, context.external_labels, steps) else {
        return Ok(None);
    };
    let (Some(starts_at), Some(ends_at)) =
        (alert.fired_at, alert.resolved_at.or(alert.valid_until))
    else {
        return Ok(None);
    };
    Ok(Some(PostableAlert {
        annotations: context.annotations(rule, alert)?,
        ends_at: ends_at.to_rfc3339_millis(),
        starts_at: starts_at.to_rfc3339_millis(),
        generator_url: generator_url(context.external_url, &rule.expression.printed),
        labels,
    }))
}

/// The labels of an alert as others see them: external ones are added where the alert has none of
/// that name, then come the steps. `None` when a step drops the alert.
pub fn outgoing_labels(labels: &Labels, external: &Labels, steps: &[Relabel]) -> Option<Labels> {
    let missing = external
        .iter()
        .filter(|(name, _)| labels.get(name).is_none());
    relabel(&labels.iter().chain(missing).collect(), steps)
}

/// Prometheus' link to an expression, as a table.
pub fn generator_url(external_url: &str, expression: &str) -> String {
    let query = query_escape(expression);
    format!("{external_url}/graph?g0.expr={query}&g0.tab=1")
}

/// As Go's `url.QueryEscape`: letters, digits and `-_.~` stay, a blank becomes `+`.
fn query_escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => {
                escaped.push(char::from(byte));
            }
            b' ' => escaped.push('+'),
            _ => escaped.push_str(&format!("%{byte:02X}")),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_as_prometheus_does() {
        assert_eq!(
            generator_url(
                "http://prom.example/p",
                "m > 0 and on (job) (m * on (job) d)"
            ),
            "http://prom.example/p/graph?g0.expr=m+%3E+0+and+on+%28job%29+%28m+%2A+on+%28job%29+d%29&g0.tab=1"
        );
        assert_eq!(query_escape("a~b-c_d.é"), "a~b-c_d.%C3%A9");
    }

    #[test]
    fn external_labels_fill_gaps_only() {
        let labels = Labels::from_iter([("a", "1")]);
        let external = Labels::from_iter([("a", "2"), ("b", "3")]);
        let out = outgoing_labels(&labels, &external, &[]);
        assert_eq!(out, Some(Labels::from_iter([("a", "1"), ("b", "3")])));
    }
}
