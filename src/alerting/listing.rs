//! An answer in the order in which it shows, and the part of it that is wanted.
//!
//! Groups and rules that need somebody come first, and stay in the order of the files otherwise.
//! What is searched is put in lower case once for each answer, not once for each key pressed.

use std::collections::HashSet;
use std::sync::Arc;

use venti_model::api::alerts::{
    Alert, AlertCount, AlertState, AlertingRule, BUILT_IN_FILE, Rule, RuleGroup, RuleGroups,
    RuleHealth,
};
use venti_model::labels::Labels;

use super::filter::{Filter, RuleState};
use super::moment::moment;

/// A group is late when its last evaluation is so many intervals ago, and this many seconds more.
const LATE: (f64, f64) = (3.0, 30.0);

/// All groups.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Listing {
    /// Those that need somebody first.
    pub(super) groups: Vec<ListedGroup>,
    /// Of everything.
    pub(super) counts: Counts,
}

/// How much there is of each state: alerts that fire or are pending, and rules in all others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Counts {
    counts: [usize; RuleState::ALL.len()],
    /// Rules of any state.
    pub(super) rules: usize,
}

/// A group, with the rules that show.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ListedGroup {
    /// No other group has it.
    pub(super) key: String,
    /// As the API tells it, but for its rules.
    pub(super) group: Arc<RuleGroup>,
    /// Those that need somebody first.
    pub(super) rules: Vec<ListedRule>,
    /// Of these rules.
    pub(super) counts: Counts,
    searched: Arc<str>,
}

/// A rule, with the alerts that show.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ListedRule {
    /// Its place in the group.
    pub(super) key: usize,
    /// Where it is.
    pub(super) state: RuleState,
    /// As the API tells it, but for its alerts and its last evaluation: equal from one answer to
    /// the next, mostly.
    pub(super) rule: Arc<Rule>,
    /// When it was evaluated, unix seconds.
    pub(super) evaluated_at: Option<f64>,
    /// How long that took, seconds.
    pub(super) took: f64,
    /// Whether what it asks is a query that somebody else can ask too.
    pub(super) is_askable: bool,
    /// Firing ones first, and the newest of them.
    pub(super) alerts: Vec<ListedAlert>,
    searched: Arc<str>,
}

/// An alert.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct ListedAlert {
    /// No other alert of the rule has it.
    pub(super) key: Arc<str>,
    /// As the API tells it.
    pub(super) alert: Arc<Alert>,
    /// When its sample came up, unix seconds.
    pub(super) since: Option<f64>,
    searched: Arc<str>,
}

impl Counts {
    /// How much there is of a state.
    pub(super) fn of(&self, state: RuleState) -> usize {
        self.counts.get(state as usize).copied().unwrap_or_default()
    }

    /// The alerts among it.
    pub(super) fn alerts(&self) -> AlertCount {
        AlertCount {
            firing: self.of(RuleState::Firing),
            pending: self.of(RuleState::Pending),
        }
    }

    fn add(&mut self, state: RuleState, n: usize) {
        if let Some(count) = self.counts.get_mut(state as usize) {
            *count += n;
        }
    }

    fn add_rule(&mut self, rule: &ListedRule) {
        self.rules += 1;
        if !matches!(rule.state, RuleState::Firing | RuleState::Pending) {
            self.add(rule.state, 1);
        } else if rule.fails() {
            self.add(RuleState::Failing, 1);
        }
        for alert in &rule.alerts {
            self.add(RuleState::of_alert(alert.alert.state), 1);
        }
    }

    fn of_rules<'a>(rules: impl IntoIterator<Item = &'a ListedRule>) -> Self {
        let mut counts = Self::default();
        for rule in rules {
            counts.add_rule(rule);
        }
        counts
    }
}

impl Listing {
    /// Puts an answer in order.
    pub(super) fn new(answer: RuleGroups) -> Self {
        let mut groups: Vec<_> = answer.groups.into_iter().map(ListedGroup::new).collect();
        groups.sort_by_key(ListedGroup::worst);
        Self {
            counts: Counts::of_rules(groups.iter().flat_map(|it| &it.rules)),
            groups,
        }
    }

    /// The groups of which something is wanted, with nothing else in them.
    pub(super) fn wanted(&self, filter: &Filter) -> Vec<ListedGroup> {
        let wanted = |group: &ListedGroup| group.wanted(filter);
        self.groups.iter().filter_map(wanted).collect()
    }
}

impl ListedGroup {
    fn new(mut group: RuleGroup) -> Self {
        let rules = std::mem::take(&mut group.rules).into_iter().enumerate();
        let mut rules: Vec<_> = rules
            .map(|(key, rule)| ListedRule {
                is_askable: group.file != BUILT_IN_FILE,
                ..ListedRule::new(key, rule)
            })
            .collect();
        rules.sort_by_key(|it| it.state);
        Self {
            key: format!("{}\n{}", group.file, group.name),
            searched: format!("{}\n{}", group.file, group.name)
                .to_lowercase()
                .into(),
            group: Arc::new(group),
            counts: Counts::of_rules(&rules),
            rules,
        }
    }

    fn worst(&self) -> Option<RuleState> {
        self.rules.first().map(|it| it.state)
    }

    /// Whether somebody has to look at it.
    pub(super) fn needs_somebody(&self) -> bool {
        self.worst().is_some_and(|it| it <= RuleState::Failing)
    }

    /// Whether an evaluation should have been long ago, as of a moment in unix seconds.
    pub(super) fn is_late(&self, now: f64) -> bool {
        let (intervals, more) = LATE;
        moment(&self.group.last_evaluation)
            .is_some_and(|at| now - at > intervals * self.group.interval.max(0.0) + more)
    }

    fn wanted(&self, filter: &Filter) -> Option<Self> {
        let rules: Vec<_> = self
            .rules
            .iter()
            .filter_map(|it| it.wanted(filter, &self.searched))
            .collect();
        (!rules.is_empty()).then(|| Self {
            counts: Counts::of_rules(&rules),
            rules,
            ..self.clone()
        })
    }
}

impl ListedRule {
    fn new(key: usize, mut rule: Rule) -> Self {
        let state = RuleState::of(&rule);
        let (alerts, evaluated_at, took, searched) = match &mut rule {
            Rule::Alerting(rule) => (
                in_order(std::mem::take(&mut rule.alerts)),
                moment(&std::mem::take(&mut rule.last_evaluation)),
                std::mem::take(&mut rule.evaluation_time),
                searched(&rule.name, &rule.labels),
            ),
            Rule::Recording(rule) => (Vec::new(), None, 0.0, searched(&rule.name, &rule.labels)),
        };
        Self {
            key,
            state,
            rule: Arc::new(rule),
            evaluated_at,
            took,
            is_askable: true,
            alerts,
            searched,
        }
    }

    /// Whether its last evaluation failed.
    pub(super) fn fails(&self) -> bool {
        matches!(&*self.rule, Rule::Alerting(AlertingRule { health, .. }) if *health == RuleHealth::Err)
    }

    /// Whether somebody has to look at it.
    pub(super) fn needs_somebody(&self) -> bool {
        self.state <= RuleState::Failing
    }

    fn wanted(&self, filter: &Filter, group: &str) -> Option<Self> {
        if !filter.wants_rule(&self.rule) && !self.has_alerts_of(filter) {
            return None;
        }
        let is_found = filter.finds(&[group, &self.searched]);
        let is_wanted = |it: &&ListedAlert| {
            filter.wants_alert(it.alert.state)
                && (is_found || filter.finds(&[group, &self.searched, &it.searched]))
        };
        let alerts: Vec<_> = self.alerts.iter().filter(is_wanted).cloned().collect();
        (is_found || !alerts.is_empty()).then(|| Self {
            alerts,
            ..self.clone()
        })
    }

    /// A rule that fires may have pending alerts as well.
    fn has_alerts_of(&self, filter: &Filter) -> bool {
        let states = [AlertState::Firing, AlertState::Pending].into_iter();
        states
            .filter(|it| filter.has(RuleState::of_alert(*it)))
            .any(|state| self.alerts.iter().any(|it| it.alert.state == state))
    }
}

fn in_order(alerts: Vec<Alert>) -> Vec<ListedAlert> {
    let mut seen = HashSet::new();
    let mut alerts: Vec<_> = alerts
        .into_iter()
        .map(|alert| ListedAlert {
            key: alert.labels.packed().into(),
            since: moment(&alert.active_at),
            searched: searched("", &alert.labels),
            alert: Arc::new(alert),
        })
        // One label set is one alert; whoever tells of it twice tells the same.
        .filter(|it| seen.insert(it.key.clone()))
        .collect();
    alerts.sort_by(|a, b| {
        let by_state = b.alert.state.cmp(&a.alert.state);
        let newest = || {
            b.since
                .unwrap_or_default()
                .total_cmp(&a.since.unwrap_or_default())
        };
        let by_labels = || a.alert.labels.cmp(&b.alert.labels);
        by_state.then_with(newest).then_with(by_labels)
    });
    alerts
}

/// What a search looks through: the name, and each label as `name=value`.
fn searched(name: &str, labels: &Labels) -> Arc<str> {
    let mut text = name.to_lowercase();
    for (name, value) in labels.iter() {
        text.push('\n');
        text += &name.to_lowercase();
        text.push('=');
        text += &value.to_lowercase();
    }
    text.into()
}

#[cfg(test)]
mod tests;
