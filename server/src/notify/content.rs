//! What a message says, before it has the form of a receiver: cleaned and redacted here, once,
//! so that no form can forget to.

use std::collections::BTreeSet;
use std::time::Duration;

use venti_alert::config::Receiver;
use venti_model::answer::LogRow;
use venti_model::dashboard::Dashboard;
use venti_model::duration;

use super::alert::Alert;
use super::context::{Context, Found};
use super::groups::{Message, Occasion};
use super::links::{self, Range};
use super::text::{Redaction, clean, clean_line, cut};
use crate::dashboards::reference;

/// So many alerts are written out; the others are counted.
pub(super) const WRITTEN_OUT: usize = 5;

/// Lines in a message, where nobody says, and at most.
const LINES: (usize, usize) = (10, 50);

/// A longer line is cut, in bytes.
const LINE_BYTES: usize = 300;

/// Labels worth a place beside the summary, if there are such.
const FACTS: [&str; 4] = ["severity", "namespace", "pod", "datasource"];

/// A message in words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Content {
    /// `FIRING 2: HighErrorRate`
    pub(super) title: String,
    /// What each alert says: its summary and its description.
    pub(super) alerts: Vec<(String, String)>,
    /// How many alerts more there are.
    pub(super) more_alerts: usize,
    /// Names and values.
    pub(super) facts: Vec<(&'static str, String)>,
    /// The expression over the last hour.
    pub(super) graph: Option<String>,
    /// Lines or values, the newest first.
    pub(super) lines: Vec<String>,
    /// How many more there are: `37`, `490+`.
    pub(super) more_lines: Option<String>,
    /// Why there are no lines.
    pub(super) lookup_error: Option<String>,
    /// Why there is no picture.
    pub(super) picture_error: Option<String>,
    /// Names and addresses.
    pub(super) links: Vec<(&'static str, String)>,
    /// The lines as they were found, which people know of with this message.
    pub(super) told: Vec<LogRow>,
}

/// Where links of a message lead.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places<'a> {
    /// This server, as people find it.
    pub(super) server: Option<&'a str>,
    /// An Alertmanager, for silences.
    pub(super) alertmanager: Option<&'a str>,
    /// The dashboards of this server.
    pub(super) dashboards: &'a [Dashboard],
}

/// Puts a message into words; `contexts` belong to the first alerts of it.
pub(super) fn content(
    message: &Message,
    contexts: &[Context],
    receiver: &Receiver,
    redaction: &Redaction,
    places: Places<'_>,
) -> Content {
    let alerts = message.alerts();
    let line = |text: &str| redaction.apply(&clean_line(text));
    let text = |text: &str| redaction.apply(&clean(text));
    let mut content = Content {
        title: line(&title(message)),
        more_alerts: alerts.len().saturating_sub(WRITTEN_OUT),
        ..Content::default()
    };
    for alert in alerts.iter().take(WRITTEN_OUT) {
        let summary = alert
            .annotation("summary")
            .unwrap_or(alert.label("alertname"));
        let description = alert
            .annotation("description")
            .or(alert.annotation("message"));
        let description = text(description.unwrap_or_default());
        content.alerts.push((line(summary), description));
    }
    let Some(first) = alerts.first() else {
        return content;
    };
    let labels = FACTS.map(|name| (name, line(shared(alerts, name))));
    let since = first.fired_at.to_rfc3339_millis().replace('T', " ");
    let others = [
        ("value", line(&first.value)),
        ("since", format!("{} UTC", cut_to_seconds(&since))),
    ];
    content.facts = labels.into_iter().chain(others).collect();
    content.facts.retain(|(_, value)| !value.is_empty());
    content.graph = contexts.iter().find_map(|it| it.graph.clone());
    content.links = links(first, contexts, places);
    let limit = first
        .annotation("logs_limit")
        .and_then(|it| it.parse().ok())
        .or(receiver.logs.limit);
    let limit = limit.unwrap_or(LINES.0).min(LINES.1);
    if limit > 0 {
        add_lines(&mut content, message, contexts, redaction, limit);
    }
    content
}

fn title(message: &Message) -> String {
    let alerts = message.alerts();
    let names: BTreeSet<&str> = alerts.iter().map(|it| it.label("alertname")).collect();
    let names: Vec<&str> = names.into_iter().take(3).collect();
    let names = names.join(", ");
    let began = alerts
        .iter()
        .map(|it| it.fired_at)
        .min()
        .unwrap_or_default();
    let lasted = |end: venti_alert::Timestamp| readable(end.since(began));
    let count = alerts.len();
    let words = match message.occasion {
        Occasion::First | Occasion::Joined => format!("FIRING {count}: {names}"),
        Occasion::Repeat => {
            let at = alerts.iter().map(|it| it.at).max().unwrap_or_default();
            format!("STILL FIRING {count} after {}: {names}", lasted(at))
        }
        Occasion::Resolved => {
            let end = alerts.iter().filter_map(|it| it.resolved_at).max();
            format!(
                "RESOLVED after {}: {names}",
                lasted(end.unwrap_or_default())
            )
        }
    };
    if alerts.iter().any(|it| it.is_test) {
        format!("TEST {words}")
    } else {
        words
    }
}

/// Without seconds where minutes say enough.
fn readable(length: Duration) -> String {
    let seconds = length.as_secs();
    let rounded = if seconds < 600 {
        seconds
    } else {
        seconds - seconds % 60
    };
    duration::format_seconds(rounded)
}

fn cut_to_seconds(time: &str) -> &str {
    time.split('.').next().unwrap_or(time)
}

/// The value of a label, if all have the same.
fn shared<'a>(alerts: &'a [Alert], name: &str) -> &'a str {
    let mut values = alerts.iter().map(|it| it.label(name));
    let first = values.next().unwrap_or_default();
    if values.all(|it| it == first) {
        first
    } else {
        ""
    }
}

fn links(first: &Alert, contexts: &[Context], places: Places<'_>) -> Vec<(&'static str, String)> {
    let hour = Range::of(first, Duration::from_secs(3600));
    let server = places.server.filter(|it| !it.is_empty());
    let graph = server.filter(|_| first.datasource_type == "prometheus");
    let panel = first.annotation("panel");
    let panel = panel.and_then(|it| reference::panel(places.dashboards, it).ok());
    let dashboard = server.zip(panel);
    let dashboard = dashboard.map(|(it, (of, _))| links::dashboard(it, &of.title, first, hour));
    let link = |name| first.annotation(name).and_then(web).map(str::to_owned);
    let links = [
        ("Logs", contexts.iter().find_map(|it| it.logs_url.clone())),
        ("Graph", graph.map(|it| links::graph(it, first, hour))),
        (
            "Dashboard",
            link("dashboard")
                .or_else(|| link("dashboard_url"))
                .or(dashboard),
        ),
        ("Rule", server.map(|it| links::rule(it, first))),
        ("Runbook", link("runbook_url")),
        (
            "Silence",
            places.alertmanager.map(|it| links::silence(it, first)),
        ),
    ];
    let known = links.into_iter().filter_map(|(name, it)| Some((name, it?)));
    known.filter(|(_, it)| it.len() <= 2000).collect()
}

/// Only addresses of the web are links.
fn web(text: &str) -> Option<&str> {
    let is_web = text.starts_with("https://") || text.starts_with("http://");
    let is_plain = !text.contains(|c: char| c.is_whitespace() || c.is_control());
    (is_web && is_plain).then_some(text)
}

fn add_lines(
    content: &mut Content,
    message: &Message,
    contexts: &[Context],
    redaction: &Redaction,
    limit: usize,
) {
    let (mut rows, mut values, mut is_cut) = (Vec::new(), Vec::new(), false);
    for context in contexts {
        match &context.found {
            Some(Ok(Found::Lines(found, cut))) => {
                is_cut |= cut;
                rows.extend(message.lines.unsent(found).into_iter().cloned());
            }
            Some(Ok(Found::Values(found))) => values.extend(found.iter().cloned()),
            Some(Err(error)) => {
                let error = cut(&redaction.apply(&clean_line(error)), LINE_BYTES);
                content.lookup_error.get_or_insert(error);
            }
            None => {}
        }
    }
    // Several alerts may have found the same lines.
    rows.sort_by(|a: &LogRow, b: &LogRow| {
        (&b.time, &b.pod, &b.log).cmp(&(&a.time, &a.pod, &a.log))
    });
    rows.dedup();
    let texts: Vec<String> = rows.iter().map(written).chain(values).collect();
    let more = texts.len().saturating_sub(limit);
    let sign = if is_cut { "+" } else { "" };
    content.more_lines = (more > 0).then(|| format!("{more}{sign}"));
    let shown = texts.iter().take(limit);
    content.lines = shown
        .map(|it| cut(&redaction.apply(&clean_line(it)), LINE_BYTES))
        .collect();
    // What is not shown is told as well: the message says how much there was.
    content.told = rows;
}

/// `HH:MM:SS pod | text`
pub(super) fn written(row: &LogRow) -> String {
    let time = row.time.get(11..19).unwrap_or(&row.time);
    let who = [&row.pod, &row.process, &row.node];
    let who = who.into_iter().flatten().next();
    format!("{time} {} | {}", who.map_or("", String::as_str), row.log)
}
