//! The states of all alerts of one rule on one datasource, and how a tick changes them.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use venti_model::labels::Labels;
use xxhash_rust::xxh64::xxh64;

use super::active::{ActiveAlert, AlertState};
use super::context::Context;
use super::identity;
use super::sample::Sample;
use crate::fingerprint::Fingerprint;
use crate::rule::AlertRule;
use crate::template::NeedsQuery;
use crate::time::Timestamp;

/// How long an alert that has ended is told to be so.
const RESOLVED_RETENTION: Duration = Duration::from_secs(15 * 60);

/// The alerts of one rule on one datasource. It serializes, so that a restart goes on where it
/// was.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct RuleState {
    #[serde(with = "as_list")]
    pub(super) alerts: BTreeMap<Fingerprint, ActiveAlert>,
    /// How the last evaluation went.
    #[serde(default)]
    pub(super) health: Health,
    /// Since when evaluation fails.
    #[serde(default)]
    pub(super) failing_since: Option<Timestamp>,
    #[serde(default)]
    last_evaluation: Option<Timestamp>,
    /// Which alert a sample belonged to, by the hash of its labels.
    #[serde(skip)]
    known: HashMap<u64, Fingerprint>,
}

/// How the last evaluation of a rule went.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Health {
    /// There was none.
    #[default]
    Unknown,
    /// Well.
    Ok,
    /// Not, for this reason.
    Err(String),
}

/// What came of asking a rule's expression.
#[derive(Clone, Copy, Debug)]
pub enum Outcome<'a> {
    /// These samples.
    Samples(&'a [Sample]),
    /// No answer that could be used, for this reason.
    Failed(&'a str),
}

/// A change of one alert, for the history.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Transition {
    /// Which alert.
    pub fingerprint: Fingerprint,
    /// Its labels.
    pub labels: Labels,
    /// What happened to it.
    pub change: Change,
    /// The value that it was last seen with, as Rust prints it.
    pub value: String,
    /// In which evaluation.
    pub at: Timestamp,
}

/// What can happen to an alert.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Change {
    /// Its sample came up.
    Pending,
    /// It fires.
    Firing,
    /// It fired and ended.
    Resolved,
    /// It went away without having fired, or with all others of its rule because there were more
    /// than the limit.
    Dropped,
}

/// Why the samples of an answer are no alerts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
enum EvaluationError {
    #[error("vector contains metrics with the same labelset after applying alert labels")]
    DuplicateLabels,
    #[error("exceeded limit of {limit} with {alerts} alerts")]
    LimitExceeded { limit: usize, alerts: usize },
}

/// A sample and the alert that it belongs to, with labels where that one is not there yet.
struct Identified<'a> {
    sample: &'a Sample,
    fingerprint: Fingerprint,
    labels: Option<Labels>,
}

impl RuleState {
    /// Evaluates the rule for the slot `at` and says what changed.
    ///
    /// An outcome that is an error, two samples with the same labels, or a template that needs an
    /// answer change no alert. More alerts than the limit end all of them without a word, as in
    /// Prometheus.
    pub fn tick(
        &mut self,
        rule: &AlertRule,
        context: &Context<'_>,
        at: Timestamp,
        outcome: Outcome<'_>,
    ) -> Result<Vec<Transition>, NeedsQuery> {
        let mut transitions = Vec::new();
        let result = match outcome {
            Outcome::Failed(reason) => Err(reason.to_owned()),
            Outcome::Samples(samples) => match self.identify(rule, context, at, samples)? {
                Ok(identified) => {
                    self.appear(at, identified, &mut transitions);
                    self.advance(rule, at, &mut transitions);
                    self.check_limit(context.limit, at, &mut transitions)
                        .map_err(|it| it.to_string())
                }
                Err(error) => Err(error.to_string()),
            },
        };
        self.last_evaluation = Some(at);
        match result {
            Ok(()) => {
                self.health = Health::Ok;
                self.failing_since = None;
            }
            Err(reason) => {
                self.health = Health::Err(reason);
                self.failing_since.get_or_insert(at);
            }
        }
        Ok(transitions)
    }

    /// All alerts with their fingerprints, those that have ended included.
    pub fn alerts(&self) -> impl Iterator<Item = (Fingerprint, &ActiveAlert)> {
        self.alerts.iter().map(|(print, alert)| (*print, alert))
    }

    /// One alert.
    pub fn get(&self, fingerprint: Fingerprint) -> Option<&ActiveAlert> {
        self.alerts.get(&fingerprint)
    }

    /// The worst state of its alerts.
    pub fn worst(&self) -> AlertState {
        let states = self.alerts.values().map(|it| it.state);
        states.max().unwrap_or(AlertState::Inactive)
    }

    /// How the last evaluation went.
    pub fn health(&self) -> &Health {
        &self.health
    }

    /// Since when evaluation fails, where it does.
    pub fn failing_since(&self) -> Option<Timestamp> {
        self.failing_since
    }

    /// The slot of the last evaluation.
    pub fn last_evaluation(&self) -> Option<Timestamp> {
        self.last_evaluation
    }

    /// Forgets what was learned about samples: a rule or its datasource may mean other labels
    /// from now on.
    pub(super) fn forget_identities(&mut self) {
        self.known.clear();
    }

    /// Finds the alert of each sample, or that two have the same.
    fn identify<'a>(
        &mut self,
        rule: &AlertRule,
        context: &Context<'_>,
        at: Timestamp,
        samples: &'a [Sample],
    ) -> Result<Result<Vec<Identified<'a>>, EvaluationError>, NeedsQuery> {
        let is_fixed = identity::is_fixed(rule);
        let mut identified = Vec::with_capacity(samples.len());
        for sample in samples {
            let hash = xxh64(sample.labels.packed().as_bytes(), 0);
            let known = self.known.get(&hash).filter(|print| {
                let alert = self.alerts.get(print);
                is_fixed && alert.is_some_and(|it| it.sample == sample.labels)
            });
            let (fingerprint, labels) = match known {
                Some(fingerprint) => (*fingerprint, None),
                None => {
                    let labels = identity::labels_of(rule, context, sample, at)?;
                    let fingerprint = Fingerprint::of(&labels);
                    self.known.insert(hash, fingerprint);
                    (fingerprint, Some(labels))
                }
            };
            identified.push(Identified {
                sample,
                fingerprint,
                labels,
            });
        }
        let mut seen = BTreeSet::new();
        let is_unique = identified.iter().all(|it| seen.insert(it.fingerprint));
        Ok(if is_unique {
            Ok(identified)
        } else {
            Err(EvaluationError::DuplicateLabels)
        })
    }

    /// Marks alerts that are in the result, and begins those that were not.
    fn appear(
        &mut self,
        at: Timestamp,
        identified: Vec<Identified<'_>>,
        transitions: &mut Vec<Transition>,
    ) {
        for Identified {
            sample,
            fingerprint,
            labels,
        } in identified
        {
            let before = self.alerts.get_mut(&fingerprint);
            if let Some(alert) = before
                && alert.state != AlertState::Inactive
            {
                alert.value = sample.value;
                alert.histogram.clone_from(&sample.histogram);
                alert.lines.clone_from(&sample.lines);
                if alert.sample != sample.labels {
                    alert.sample = sample.labels.clone();
                }
                alert.seen_at = at;
                alert.is_present = true;
                continue;
            }
            let known = || Some(self.alerts.get(&fingerprint)?.labels.clone());
            let Some(labels) = labels.or_else(known) else {
                continue;
            };
            let alert = ActiveAlert {
                labels,
                sample: sample.labels.clone(),
                value: sample.value,
                histogram: sample.histogram.clone(),
                lines: sample.lines.clone(),
                state: AlertState::Pending,
                active_at: at,
                seen_at: at,
                fired_at: None,
                resolved_at: None,
                last_sent_at: None,
                valid_until: None,
                keep_firing_since: None,
                is_present: true,
            };
            transitions.push(transition(fingerprint, &alert, Change::Pending, at));
            self.alerts.insert(fingerprint, alert);
        }
    }

    /// Moves every alert on: what is missing ends, what has lasted fires.
    fn advance(&mut self, rule: &AlertRule, at: Timestamp, transitions: &mut Vec<Transition>) {
        let known_before = self.alerts.len();
        self.alerts.retain(|print, alert| {
            let is_present = std::mem::take(&mut alert.is_present);
            if is_present {
                alert.keep_firing_since = None;
            } else if !is_kept(rule, alert, at) {
                let ended_long_ago = alert
                    .resolved_at
                    .is_some_and(|it| at.since(it) > RESOLVED_RETENTION);
                match alert.state {
                    AlertState::Pending => {
                        transitions.push(transition(*print, alert, Change::Dropped, at));
                        return false;
                    }
                    AlertState::Firing => {
                        alert.state = AlertState::Inactive;
                        alert.resolved_at = Some(at);
                        transitions.push(transition(*print, alert, Change::Resolved, at));
                    }
                    AlertState::Inactive => {}
                }
                return !ended_long_ago;
            }
            if alert.state == AlertState::Pending && at.since(alert.active_at) >= rule.hold {
                alert.state = AlertState::Firing;
                alert.fired_at = Some(at);
                transitions.push(transition(*print, alert, Change::Firing, at));
            }
            true
        });
        if self.alerts.len() < known_before || self.known.len() > 2 * self.alerts.len() {
            let alerts = &self.alerts;
            self.known.retain(|_, print| alerts.contains_key(print));
        }
    }

    fn check_limit(
        &mut self,
        limit: usize,
        at: Timestamp,
        transitions: &mut Vec<Transition>,
    ) -> Result<(), EvaluationError> {
        let active = self.alerts.values();
        let alerts = active.filter(|it| it.state != AlertState::Inactive).count();
        if limit == 0 || alerts <= limit {
            return Ok(());
        }
        transitions.clear();
        for (print, alert) in std::mem::take(&mut self.alerts) {
            transitions.push(transition(print, &alert, Change::Dropped, at));
        }
        self.known.clear();
        Err(EvaluationError::LimitExceeded { limit, alerts })
    }
}

/// Whether an alert goes on firing without its sample.
fn is_kept(rule: &AlertRule, alert: &mut ActiveAlert, at: Timestamp) -> bool {
    if alert.state != AlertState::Firing || rule.keep_firing_for.is_zero() {
        return false;
    }
    let since = *alert.keep_firing_since.get_or_insert(at);
    at.since(since) < rule.keep_firing_for
}

pub(super) fn transition(
    fingerprint: Fingerprint,
    alert: &ActiveAlert,
    change: Change,
    at: Timestamp,
) -> Transition {
    Transition {
        fingerprint,
        labels: alert.labels.clone(),
        change,
        value: alert.value_text(),
        at,
    }
}

/// Alerts as a list: their fingerprints follow from their labels.
mod as_list {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serializer};

    use super::{ActiveAlert, Fingerprint};

    pub(super) fn serialize<S: Serializer>(
        alerts: &BTreeMap<Fingerprint, ActiveAlert>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(alerts.values())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<BTreeMap<Fingerprint, ActiveAlert>, D::Error> {
        let alerts = Vec::<ActiveAlert>::deserialize(deserializer)?;
        let with_print = |it: ActiveAlert| (Fingerprint::of(&it.labels), it);
        Ok(alerts.into_iter().map(with_print).collect())
    }
}
