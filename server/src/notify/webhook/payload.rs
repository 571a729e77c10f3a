//! Bodies of webhooks.

use chrono::DateTime;
use serde_json::{Map, Value, json};
use venti_alert::Fingerprint;
use venti_model::answer::LogRow;
use venti_model::labels::Labels;
use venti_template::{Data, ParseError, Queries, RenderError, Template};

use super::super::alert::Alert;
use super::super::content::{Content, WRITTEN_OUT};
use super::super::context::{Context, Found};
use super::super::groups::{Message, Occasion};
use super::super::text::{Redaction, clean, cut};

/// What Alertmanager writes where an alert has not ended.
const NEVER: &str = "0001-01-01T00:00:00Z";

/// Lines of one alert in a body.
const LINES: usize = 50;

/// Bytes of `$message.text` and `$message.short`: they fit into what Telegram and Discord take.
const TEXT: (usize, usize) = (3_800, 1_900);

/// Why there is no body.
#[derive(Debug, thiserror::Error)]
pub(in crate::notify) enum PayloadError {
    #[error("`payload` is not JSON: {0}")]
    NotJson(serde_json::Error),
    #[error("`payload`: {0}")]
    Template(String),
    #[error("`payload` has the text {0:?}: {1}")]
    Text(String, String),
}

/// <https://prometheus.io/docs/alerting/latest/configuration/#webhook_config>, with `logs` and
/// `valueString` for each alert.
pub(super) fn version_4(
    message: &Message,
    contexts: &[Context],
    redaction: &Redaction,
    external_url: &str,
) -> Value {
    let all: Vec<&Alert> = match message.occasion {
        Occasion::Resolved => message.resolved.iter().collect(),
        _ => message.firing.iter().chain(&message.resolved).collect(),
    };
    let alerts = all.iter().enumerate().map(|(at, alert)| {
        let context = contexts.get(at).filter(|_| at < WRITTEN_OUT);
        json!({
            "status": status(alert.resolved_at.is_some()),
            "labels": labels(&alert.message.labels, redaction),
            "annotations": labels(&alert.message.annotations, redaction),
            "startsAt": alert.message.starts_at,
            "endsAt": alert.resolved_at.map_or_else(|| NEVER.to_owned(), |it| it.to_rfc3339_millis()),
            "generatorURL": alert.message.generator_url,
            "fingerprint": Fingerprint::of(&alert.message.labels),
            "valueString": alert.value,
            "logs": context.map(|it| logs(it, redaction)).unwrap_or_default(),
        })
    });
    let group: Labels = message
        .key
        .labels
        .iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .collect();
    let common_labels = common(all.iter().map(|it| &it.message.labels));
    let common_annotations = common(all.iter().map(|it| &it.message.annotations));
    json!({
        "version": "4",
        "groupKey": format!("{{}}:{group}"),
        "truncatedAlerts": 0,
        "status": status(message.occasion == Occasion::Resolved),
        "receiver": message.key.receiver,
        "groupLabels": labels(&group, redaction),
        "commonLabels": labels(&common_labels, redaction),
        "commonAnnotations": labels(&common_annotations, redaction),
        "externalURL": external_url,
        "alerts": alerts.collect::<Vec<_>>(),
    })
}

fn status(is_resolved: bool) -> &'static str {
    if is_resolved { "resolved" } else { "firing" }
}

fn labels(labels: &Labels, redaction: &Redaction) -> Value {
    let cleaned = |(name, value): (&str, &str)| {
        let value = redaction.apply(&clean(value));
        (name.to_owned(), Value::String(value))
    };
    Value::Object(labels.iter().map(cleaned).collect())
}

/// The labels that all sets share.
fn common<'a>(mut sets: impl Iterator<Item = &'a Labels>) -> Labels {
    let Some(first) = sets.next() else {
        return Labels::default();
    };
    let sets: Vec<&Labels> = sets.collect();
    let in_all = |(name, value): &(&str, &str)| sets.iter().all(|it| it.get(name) == Some(value));
    first.iter().filter(in_all).collect()
}

fn logs(context: &Context, redaction: &Redaction) -> Vec<Value> {
    let Some(Ok(Found::Lines(rows, _))) = &context.found else {
        return Vec::new();
    };
    let cleaned = |row: &LogRow| {
        let row = LogRow {
            log: redaction.apply(&clean(&row.log)),
            cursor: None,
            ..row.clone()
        };
        serde_json::to_value(row).unwrap_or_default()
    };
    rows.iter().take(LINES).map(cleaned).collect()
}

/// Whether a document of the configuration can be rendered.
pub(in crate::notify) fn check(payload: &str) -> Result<(), PayloadError> {
    check_texts(&serde_json::from_str(payload).map_err(PayloadError::NotJson)?)
}

fn check_texts(value: &Value) -> Result<(), PayloadError> {
    match value {
        Value::String(text) => template(text).map(|_| ()),
        Value::Array(values) => values.iter().try_for_each(check_texts),
        Value::Object(entries) => entries.values().try_for_each(check_texts),
        _ => Ok(()),
    }
}

/// A text of the document. The message is what this engine calls external labels.
fn template(text: &str) -> Result<Template, PayloadError> {
    let source = format!("{{{{ $message := .ExternalLabels }}}}{text}");
    let failed = |it: ParseError| PayloadError::Text(text.to_owned(), it.message);
    Template::parse("payload", &source).map_err(failed)
}

/// The document of the configuration with all its texts rendered. Values are put into texts that
/// were read as JSON before, so none of them can change what the document is.
///
/// In templates `$labels` are the labels that all alerts share, `$value` is the first one's, and
/// `$message` has `status`, `title`, `summary`, `description`, `text` (all of it, at most 3,800
/// bytes) and `short` (at most 1,900).
pub(super) fn templated(
    payload: &str,
    message: &Message,
    content: &Content,
    external_url: &str,
) -> Result<String, PayloadError> {
    let mut document: Value = serde_json::from_str(payload).map_err(PayloadError::NotJson)?;
    let alerts = message.alerts();
    let labels = common(alerts.iter().map(|it| &it.message.labels));
    let (summary, description) = content.alerts.first().cloned().unwrap_or_default();
    let text = plain(content);
    let fields = [
        ("status", status(message.occasion == Occasion::Resolved)),
        ("title", &content.title),
        ("summary", &summary),
        ("description", &description),
        ("text", &cut(&text, TEXT.0)),
        ("short", &cut(&text, TEXT.1)),
    ]
    .into_iter()
    .collect();
    let first = alerts.first();
    let time = |it: venti_alert::Timestamp| DateTime::from_timestamp_nanos(it.nanos());
    let data = Data {
        labels: &labels,
        external_labels: &fields,
        external_url,
        value: first
            .and_then(|it| it.value.trim_start_matches(">= ").parse().ok())
            .unwrap_or(f64::NAN),
        histogram: None,
        datasource: first.map_or("", |it| &it.datasource),
        active_at: first.map_or_else(Default::default, |it| time(it.active_at)),
        logs: &[],
        now: first.map_or_else(Default::default, |it| time(it.at)),
    };
    render(&mut document, &data)?;
    Ok(document.to_string())
}

fn render(value: &mut Value, data: &Data<'_>) -> Result<(), PayloadError> {
    match value {
        Value::String(text) if text.contains("{{") => {
            let failed = |it: RenderError| PayloadError::Template(it.to_string());
            let rendered = template(text)?.render(data, &Queries::default());
            *text = rendered.map_err(failed)?;
        }
        Value::Array(values) => {
            for value in values {
                render(value, data)?;
            }
        }
        Value::Object(entries) => {
            for (_, value) in Map::iter_mut(entries) {
                render(value, data)?;
            }
        }
        _ => {}
    }
    Ok(())
}

/// A whole message as plain text.
fn plain(content: &Content) -> String {
    let mut parts = vec![content.title.clone()];
    for (summary, description) in &content.alerts {
        parts.extend([summary.clone(), description.clone()]);
    }
    if content.more_alerts > 0 {
        parts.push(format!("… and {} more", content.more_alerts));
    }
    let facts = content.facts.iter();
    let facts: Vec<String> = facts.map(|(name, it)| format!("{name}: {it}")).collect();
    parts.push(facts.join(" · "));
    parts.extend(content.graph.clone());
    parts.extend(content.lines.iter().cloned());
    parts.extend(content.more_lines.as_ref().map(|it| format!("… {it} more")));
    let failed = content.lookup_error.as_ref();
    parts.extend(failed.map(|it| format!("log lookup failed: {it}")));
    let no_picture = content.picture_error.as_ref();
    parts.extend(no_picture.map(|it| format!("no picture: {it}")));
    let links = content.links.iter();
    parts.extend(links.map(|(name, url)| format!("{name}: {url}")));
    parts.retain(|it| !it.trim().is_empty());
    parts.join("\n")
}

#[cfg(test)]
mod tests;
