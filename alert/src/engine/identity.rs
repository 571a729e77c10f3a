//! From a sample to the labels of its alert, in Prometheus' order.

use std::collections::BTreeMap;

use venti_model::labels::{Labels, METRIC_NAME};

use super::context::{Context, Subject};
use super::sample::Sample;
use crate::rule::AlertRule;
use crate::template::NeedsQuery;
use crate::time::Timestamp;

/// The labels of an alert: those of the sample without the metric's name, below those of the
/// rule, below `datasource`, below `alertname`. An empty value takes a label away.
///
/// Every template sees the sample's own labels, so labels of the rule do not see each other.
pub(super) fn labels_of(
    rule: &AlertRule,
    context: &Context<'_>,
    sample: &Sample,
    at: Timestamp,
) -> Result<Labels, NeedsQuery> {
    let subject = Subject {
        labels: &sample.labels,
        value: sample.value,
        histogram: sample.histogram.as_deref(),
        lines: sample.lines.as_deref(),
        active_at: at,
        at,
    };
    let rendered = context.render(
        rule.labels.iter().map(|(name, text)| (name, text)),
        &subject,
    )?;
    let mut labels: BTreeMap<&str, &str> = sample.labels.iter().collect();
    labels.remove(METRIC_NAME);
    for (name, value) in &rendered {
        labels.insert(name, value);
    }
    if context.labels_datasource {
        labels.insert("datasource", context.datasource);
    }
    labels.insert("alertname", &rule.name);
    labels.retain(|_, value| !value.is_empty());
    Ok(labels.into_iter().collect())
}

/// Whether the labels of an alert follow from those of its sample alone, so that they need not
/// be made anew at each tick.
pub(super) fn is_fixed(rule: &AlertRule) -> bool {
    rule.labels.iter().all(|(_, text)| text.is_fixed())
}
