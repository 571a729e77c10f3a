//! Annotations for Alertmanagers: the lines `logs` and `logs_url`, looked up on the way, and the link
//! `panel_url` instead of a picture, which they cannot carry.
//!
//! Annotations are no part of an alert's identity, so they may differ each time it is sent.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Semaphore;
use venti_alert::message::PostableAlert;
use venti_alert::{Fingerprint, Timestamp};
use venti_model::labels::Labels;

use super::alert::Alert;
use super::content::written;
use super::context::{self, Context, Found};
use super::links::{self, Range};
use super::lock;
use super::text::{Redaction, clean_line, cut};
use crate::App;
use crate::alerting::Notice;
use crate::dashboards::reference;
use crate::live::Live;

/// So many lookups run at once. Who comes when all are taken goes without: a storm of alerts must
/// not become a storm of queries.
const AT_ONCE: usize = 32;

const LINES: usize = 10;
const LINE_BYTES: usize = 300;
const BYTES: usize = 2 << 10;

/// Completes alerts.
#[derive(Debug)]
pub(super) struct Annotations {
    app: App,
    permits: Arc<Semaphore>,
    /// Of alerts under way, the evaluation that is the newest.
    newest: Arc<Mutex<BTreeMap<Fingerprint, Timestamp>>>,
}

impl Annotations {
    pub(super) fn new(app: App) -> Self {
        Self {
            app,
            permits: Arc::new(Semaphore::new(AT_ONCE)),
            newest: Arc::default(),
        }
    }

    /// Hands an alert on: at once, or once its lines were looked up. One that a newer version
    /// overtook meanwhile is not handed on any more.
    pub(super) fn complete(
        &self,
        notice: Notice,
        hand_on: impl FnOnce(&Notice, &PostableAlert) + Send + 'static,
    ) {
        let live = self.app.live();
        let alerting = &live.config.alerting.alerting;
        let message = with_panel_url(&notice, &live);
        let has_lines = notice.rule.query.is_some() || notice.lines.is_some();
        let wants_lines = has_lines
            && !alerting.alertmanagers.is_empty()
            && alerting.logs_in_annotations != Some(false);
        if !wants_lines {
            lock(&self.newest).remove(&notice.fingerprint);
            hand_on(&notice, &message);
            return;
        }
        lock(&self.newest).insert(notice.fingerprint, notice.at);
        let redaction = Redaction::new(&alerting.redact);
        let permit = self.permits.clone().try_acquire_owned();
        let (app, newest) = (self.app.clone(), self.newest.clone());
        tokio::spawn(async move {
            let context = match permit {
                Ok(_permit) => context::lines(&app, &Alert::from(&notice), None).await,
                Err(_) => Context {
                    found: Some(Err("too many alerts at once".to_owned())),
                    ..Context::default()
                },
            };
            let message = annotated(&message, &context, &redaction);
            let is_newest = {
                let mut newest = lock(&newest);
                let is_newest = newest.get(&notice.fingerprint) == Some(&notice.at);
                if is_newest {
                    newest.remove(&notice.fingerprint);
                }
                is_newest
            };
            if is_newest {
                hand_on(&notice, &message);
            }
        });
    }
}

/// The alert with a link to the dashboard of the panel that its rule names, if there is one.
fn with_panel_url(notice: &Notice, live: &Live) -> PostableAlert {
    let message = &notice.message;
    let link = || {
        let base = live.config.alerting.alerting.external_url.as_deref();
        let base = base.filter(|it| !it.is_empty())?;
        let named = message.annotations.get("panel")?;
        let (dashboard, _) = reference::panel(&live.config.dashboards, named).ok()?;
        let alert = Alert::from(notice);
        let range = Range::of(&alert, Duration::from_secs(3600));
        Some(links::dashboard(base, &dashboard.title, &alert, range))
    };
    let mut message = message.clone();
    if let Some(link) = link() {
        let added = [("panel_url", link.as_str())].into_iter();
        message.annotations = added.chain(message.annotations.iter()).collect();
    }
    message
}

/// The alert with what was found. Annotations that its rule has itself stay.
fn annotated(message: &PostableAlert, context: &Context, redaction: &Redaction) -> PostableAlert {
    let logs = match &context.found {
        Some(Ok(Found::Lines(rows, _))) => joined(rows.iter().map(written), redaction),
        Some(Ok(Found::Values(values))) => joined(values.iter().cloned(), redaction),
        Some(Err(error)) => cut(&format!("log lookup failed: {error}"), LINE_BYTES),
        None => String::new(),
    };
    let added = [
        ("logs", logs),
        ("logs_url", context.logs_url.clone().unwrap_or_default()),
    ];
    let added = added.iter().filter(|(_, text)| !text.is_empty());
    let added = added.map(|(name, text)| (*name, text.as_str()));
    let annotations: Labels = added.chain(message.annotations.iter()).collect();
    PostableAlert {
        annotations,
        ..message.clone()
    }
}

fn joined(lines: impl Iterator<Item = String>, redaction: &Redaction) -> String {
    let mut text = String::new();
    for line in lines.take(LINES) {
        let line = cut(&redaction.apply(&clean_line(&line)), LINE_BYTES);
        if text.len() + line.len() + 1 > BYTES {
            break;
        }
        if !text.is_empty() {
            text.push('\n');
        }
        text.push_str(&line);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_alert::config::Pattern;
    use venti_model::answer::LogRow;

    #[test]
    fn lines_fit_and_hold_no_secret() {
        #[derive(serde::Deserialize)]
        struct File(Vec<Pattern>);
        let File(patterns) = serde_json::from_str(r#"["token=\\S+"]"#).unwrap();
        let row = |log: String| LogRow {
            time: "2026-11-21T03:31:51Z".to_owned(),
            pod: Some("web".to_owned()),
            log,
            ..LogRow::default()
        };
        let mut rows = vec![row("token=hunter2 \u{1b}[31mred".to_owned())];
        rows.extend((0..20).map(|_| row("x".repeat(1000))));
        let context = Context {
            found: Some(Ok(Found::Lines(rows, false))),
            logs_url: Some("https://v.example/logs".to_owned()),
            graph: None,
        };
        let message = PostableAlert {
            annotations: Labels::from_iter([("summary", "s")]),
            ends_at: String::new(),
            starts_at: String::new(),
            generator_url: String::new(),
            labels: Labels::default(),
        };
        let redaction = Redaction::new(&patterns);
        let annotations = annotated(&message, &context, &redaction).annotations;
        let logs = annotations.get("logs").unwrap();
        assert!(
            logs.starts_with("03:31:51 web | [redacted] red\n"),
            "{logs}"
        );
        assert!(logs.len() <= BYTES && logs.lines().all(|it| it.len() <= LINE_BYTES));
        assert_eq!(annotations.get("logs_url"), Some("https://v.example/logs"));
        assert_eq!(annotations.get("summary"), Some("s"));
    }
}
