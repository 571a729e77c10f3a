//! Links in messages: back to this server's pages at the time of the alert, and to Alertmanager.

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use venti_alert::Timestamp;

use super::alert::Alert;

/// What stays as it is in a parameter.
const KEPT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'~');

/// The Logs page with a query over the time of an alert. `source` names a datasource that is not
/// the main one.
pub(super) fn logs(base: &str, query: &str, source: Option<&str>, range: Range) -> String {
    let source = source.map(|it| ("source", it.to_owned()));
    let parameters = [("query", query.to_owned())].into_iter().chain(source);
    page(base, "/explore/logs", parameters, range)
}

/// The Metrics page with an expression.
pub(super) fn graph(base: &str, expression: &str, range: Range) -> String {
    let parameters = [("query", expression.to_owned())].into_iter();
    page(base, "/explore/metrics", parameters, range)
}

/// Alertmanager's form for a silence of one alert.
pub(super) fn silence(alertmanager: &str, alert: &Alert) -> String {
    let quoted = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"");
    let labels = alert.message.labels.iter();
    let matchers: Vec<String> = labels
        .map(|(name, value)| format!("{name}=\"{}\"", quoted(value)))
        .collect();
    let filter = format!("{{{}}}", matchers.join(","));
    let base = alertmanager.trim_end_matches('/');
    format!("{base}/#/silences/new?filter={}", encode(&filter))
}

/// Moments between which a link looks. They are absolute, so that an old message still opens the
/// right minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Range {
    start: Timestamp,
    end: Timestamp,
}

impl Range {
    /// From `before` the alert came up to the evaluation, or to a minute behind its end.
    pub(super) fn of(alert: &Alert, before: Duration) -> Self {
        let end = alert.resolved_at.map(|it| it.plus(Duration::from_secs(60)));
        Self {
            start: alert.active_at.minus(before),
            end: end.unwrap_or(alert.at),
        }
    }
}

fn page(
    base: &str,
    path: &str,
    parameters: impl Iterator<Item = (&'static str, String)>,
    range: Range,
) -> String {
    let range = [
        ("from", range.start.seconds().floor().to_string()),
        ("to", range.end.seconds().ceil().to_string()),
    ];
    let parameters: Vec<String> = parameters
        .chain(range)
        .map(|(name, value)| format!("{name}={}", encode(&value)))
        .collect();
    let base = base.trim_end_matches('/');
    format!("{base}{path}?{}", parameters.join("&"))
}

fn encode(text: &str) -> String {
    utf8_percent_encode(text, KEPT).to_string()
}
