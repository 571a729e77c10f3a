//! What Alertmanagers hold back, so that direct receivers are not told of it either: alerts that
//! are silenced or inhibited there.
//!
//! It is looked up when a message is due, for all receivers at once and not more often than every
//! few seconds. An Alertmanager that does not answer in time holds nothing back: a message too
//! many is better than one that is lost.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{join, join_all};
use serde::Deserialize;
use tokio::sync::Mutex;
use tokio::time::{Instant, timeout};
use venti_alert::config::MatchPattern;
use venti_alert::relabel::{Relabel, relabel};
use venti_model::api::silences::{SilenceMatcher, SilenceState};
use venti_model::labels::Labels;

use super::alertmanager::Reached;
use super::silences::{AskError, WireSilence, get};

/// How long an answer holds.
const FRESH: Duration = Duration::from_secs(5);

/// A message waits no longer than this for an answer.
const PATIENCE: Duration = Duration::from_secs(2);

/// What is known of it.
#[derive(Debug, Default)]
pub(super) struct Suppression(Mutex<Option<(Instant, Arc<HeldBack>)>>);

/// What all Alertmanagers hold back at a moment.
#[derive(Debug, Default)]
pub(super) struct HeldBack(Vec<OfOne>);

/// What one Alertmanager holds back.
#[derive(Debug)]
struct OfOne {
    /// What becomes of labels on their way there.
    steps: Vec<Relabel>,
    silences: Vec<Vec<Matcher>>,
    inhibited: Vec<Labels>,
}

#[derive(Debug)]
struct Matcher {
    name: String,
    is_equal: bool,
    value: Wanted,
}

#[derive(Debug)]
enum Wanted {
    Text(String),
    Pattern(MatchPattern),
}

/// An alert as Alertmanager lists it.
#[derive(Deserialize)]
struct Listed {
    labels: Labels,
    status: ListedStatus,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ListedStatus {
    inhibited_by: Vec<String>,
}

impl Suppression {
    /// What is held back now. At most one question is under way; whoever comes meanwhile gets
    /// its answer.
    pub(super) async fn now(&self, alertmanagers: Vec<(String, Reached)>) -> Arc<HeldBack> {
        let mut known = self.0.lock().await;
        if let Some((at, held)) = &*known
            && at.elapsed() < FRESH
        {
            return held.clone();
        }
        let asked = alertmanagers.into_iter().map(|(name, reached)| async move {
            match timeout(PATIENCE, OfOne::ask(reached)).await {
                Ok(Ok(held)) => return Some(held),
                Ok(Err(error)) => tell(&name, &error.to_string()),
                Err(_) => tell(&name, "no answer in time"),
            }
            None
        });
        let held = join_all(asked).await.into_iter().flatten();
        let held = Arc::new(HeldBack(held.collect()));
        *known = Some((Instant::now(), held.clone()));
        held
    }
}

fn tell(alertmanager: &str, reason: &str) {
    tracing::warn!(
        alertmanager,
        reason,
        "silences cannot be looked up: receivers are told of everything"
    );
}

impl HeldBack {
    /// Whether an alert with these labels is held back by any Alertmanager.
    pub(super) fn holds(&self, labels: &Labels) -> bool {
        self.0.iter().any(|it| it.holds(labels))
    }
}

impl OfOne {
    async fn ask(Reached { target, steps }: Reached) -> Result<Self, AskError> {
        let silences = get::<Vec<WireSilence>>(&target, "silences");
        let alerts = get::<Vec<Listed>>(&target, "alerts");
        let (silences, alerts) = join(silences, alerts).await;
        let active = silences?.into_iter();
        let active = active.filter(|it| it.status.state == SilenceState::Active);
        let inhibited = alerts?.into_iter();
        let inhibited = inhibited.filter(|it| !it.status.inhibited_by.is_empty());
        Ok(Self {
            steps,
            silences: active.filter_map(|it| matchers(&it.matchers)).collect(),
            inhibited: inhibited.map(|it| it.labels).collect(),
        })
    }

    fn holds(&self, labels: &Labels) -> bool {
        let Some(labels) = relabel(labels, &self.steps) else {
            return false;
        };
        let is_silenced = |it: &Vec<Matcher>| it.iter().all(|it| it.is_match(&labels));
        self.inhibited.contains(&labels) || self.silences.iter().any(is_silenced)
    }
}

/// Those of a silence; none where one cannot be understood, which then silences nothing.
fn matchers(written: &[SilenceMatcher]) -> Option<Vec<Matcher>> {
    let matcher = |it: &SilenceMatcher| {
        let value = if it.is_regex {
            Wanted::Pattern(MatchPattern::parse(&it.value).ok()?)
        } else {
            Wanted::Text(it.value.clone())
        };
        Some(Matcher {
            name: it.name.clone(),
            is_equal: it.is_equal,
            value,
        })
    };
    let matchers: Option<Vec<Matcher>> = written.iter().map(matcher).collect();
    matchers.filter(|it| !it.is_empty())
}

impl Matcher {
    /// A missing label is the empty text.
    fn is_match(&self, labels: &Labels) -> bool {
        let value = labels.get(&self.name).unwrap_or_default();
        let is_match = match &self.value {
            Wanted::Text(text) => text == value,
            Wanted::Pattern(pattern) => pattern.is_match(value),
        };
        is_match == self.is_equal
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(matchers: &[(&str, &str, bool, bool)]) -> HeldBack {
        let written = matchers
            .iter()
            .map(|(name, value, is_regex, is_equal)| SilenceMatcher {
                name: (*name).to_owned(),
                value: (*value).to_owned(),
                is_regex: *is_regex,
                is_equal: *is_equal,
            });
        let written: Vec<SilenceMatcher> = written.collect();
        HeldBack(vec![OfOne {
            steps: Vec::new(),
            silences: super::matchers(&written).into_iter().collect(),
            inhibited: vec![Labels::from_iter([("alertname", "Quiet")])],
        }])
    }

    fn holds(matchers: &[(&str, &str, bool, bool)], labels: &[(&str, &str)]) -> bool {
        held(matchers).holds(&labels.iter().copied().collect())
    }

    #[test]
    fn all_matchers_of_a_silence_have_to_match() {
        let down = [("alertname", "Down", false, true)];
        assert!(holds(&down, &[("alertname", "Down"), ("x", "1")]));
        assert!(!holds(&down, &[("alertname", "Up")]));
        let both = [
            ("alertname", "Down", false, true),
            ("team", "a|b", true, true),
        ];
        assert!(holds(&both, &[("alertname", "Down"), ("team", "b")]));
        // Expressions match whole values.
        assert!(!holds(&both, &[("alertname", "Down"), ("team", "ab")]));
    }

    #[test]
    fn a_missing_label_is_empty() {
        assert!(holds(
            &[("team", "a", false, false)],
            &[("alertname", "Down")]
        ));
        assert!(!holds(
            &[("team", "", false, false)],
            &[("alertname", "Down")]
        ));
        assert!(holds(
            &[("team", ".+", true, false)],
            &[("alertname", "Down")]
        ));
        assert!(!holds(
            &[("team", ".+", true, true)],
            &[("alertname", "Down")]
        ));
    }

    #[test]
    fn what_cannot_be_understood_silences_nothing() {
        assert!(!holds(
            &[("alertname", "(", true, true)],
            &[("alertname", "(")]
        ));
        assert!(!holds(&[], &[("alertname", "Down")]));
    }

    #[test]
    fn inhibited_alerts_are_known_by_their_labels() {
        assert!(holds(&[], &[("alertname", "Quiet")]));
        assert!(!holds(&[], &[("alertname", "Quiet"), ("x", "1")]));
    }
}
