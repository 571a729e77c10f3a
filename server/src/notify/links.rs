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

/// The Metrics page with the expression of an alert, asked where the alert was found.
pub(super) fn graph(base: &str, alert: &Alert, range: Range) -> String {
    let source = Some(&alert.datasource).filter(|it| !it.is_empty());
    let source = source.map(|it| ("source", it.clone()));
    let parameters = [("query", alert.expression.clone())]
        .into_iter()
        .chain(source);
    page(base, "/explore/metrics", parameters, range)
}

/// The Alerts page with the rule of an alert.
pub(super) fn rule(base: &str, alert: &Alert) -> String {
    let base = base.trim_end_matches('/');
    format!("{base}/alerts?search={}", encode(alert.label("alertname")))
}

/// A dashboard, narrowed to the namespace and node of an alert.
pub(super) fn dashboard(base: &str, title: &str, alert: &Alert, range: Range) -> String {
    let labels = ["namespace", "node"].map(|name| (name, alert.label(name).to_owned()));
    let labels = labels.into_iter().filter(|(_, value)| !value.is_empty());
    page(
        base,
        &format!("/dashboards/{}", encode(title)),
        labels,
        range,
    )
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

#[cfg(test)]
mod tests {
    use super::super::alert::tests::firing;
    use super::*;
    use venti_model::labels::Labels;

    fn alert() -> Alert {
        let mut alert = firing("Disk full", 1_000_000, 1_000_060);
        alert.datasource = "eu/1".to_owned();
        alert.message.labels = Labels::from_iter([("alertname", "Disk full"), ("node", "a\"b")]);
        alert
    }

    #[test]
    fn links_open_what_the_alert_was_about() {
        let alert = alert();
        let range = Range::of(&alert, Duration::from_secs(3600));
        assert_eq!(
            graph("https://v.example/v/", &alert, range),
            "https://v.example/v/explore/metrics?query=up%20%3D%3D%200&source=eu%2F1&from=996400&to=1000060"
        );
        assert_eq!(
            rule("https://v.example/v", &alert),
            "https://v.example/v/alerts?search=Disk%20full"
        );
        assert_eq!(
            dashboard("https://v.example", "A / B", &alert, range),
            "https://v.example/dashboards/A%20%2F%20B?node=a%22b&from=996400&to=1000060"
        );
        assert_eq!(
            silence("http://am:9093/", &alert),
            "http://am:9093/#/silences/new?filter=%7Balertname%3D%22Disk%20full%22%2Cnode%3D%22a%5C%22b%22%7D"
        );
    }
}
