//! Rules, alerts and what they did, as the API shows them.

use std::sync::Arc;

use venti_alert::Timestamp;
use venti_alert::engine::{AlertState, Change};
use venti_alert::listing;
use venti_alert::rule::{AlertRule, Rule};
use venti_model::api::alerts::{self as api, HistoryEvent};
use venti_model::status::ConfigFault;
use venti_template::Queries;

use super::definition::{self, Definition};
use super::group::Group;
use super::history::{self, Event};
use super::world::World;
use super::{Alerting, Store, StoreError};

/// Which rules are wanted; an empty list means all.
#[derive(Clone, Debug, Default)]
pub(crate) struct Filter {
    /// `alert` or `record`.
    pub(crate) kind: Option<String>,
    pub(crate) rules: Vec<String>,
    pub(crate) groups: Vec<String>,
    pub(crate) files: Vec<String>,
    /// Leaves out the alerts of rules.
    pub(crate) without_alerts: bool,
}

fn admits(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|it| it == name)
}

impl Filter {
    /// Whether an alerting rule of a group of a file is wanted.
    pub(super) fn admits_in(&self, file: &str, group: &str, rule: &Rule) -> bool {
        let is_place = admits(&self.files, file) && admits(&self.groups, group);
        is_place && matches!(rule, Rule::Alert(_)) && self.admits(rule)
    }

    fn admits(&self, rule: &Rule) -> bool {
        let (kind, name) = match rule {
            Rule::Alert(rule) => ("alert", &rule.name),
            Rule::Recording(rule) => ("record", &rule.name),
        };
        self.kind.as_deref().is_none_or(|it| it == kind) && admits(&self.rules, name)
    }
}

impl Alerting {
    /// Groups with their rules and alerts, ordered by file and name as in Prometheus. Of a filter
    /// for rules, groups without any are left out.
    pub(crate) async fn rules(&self, filter: &Filter) -> api::RuleGroups {
        let mut groups = Vec::new();
        let Some(world) = self.world() else {
            return api::RuleGroups { groups };
        };
        for group in self.groups.all() {
            let definition = group.look().definition.clone();
            let is_wanted = admits(&filter.files, &definition.file)
                && admits(&filter.groups, &definition.group.name);
            if definition.is_removed || !is_wanted {
                continue;
            }
            let listed = list(&world, &group, &definition, filter).await;
            let is_all = filter.kind.is_none() && filter.rules.is_empty();
            if is_all || !listed.rules.is_empty() {
                groups.push(listed);
            }
        }
        api::RuleGroups { groups }
    }

    /// All alerts that are pending or firing.
    pub(crate) async fn alerts(&self) -> api::Alerts {
        let groups = self.rules(&Filter::default()).await.groups;
        let rules = groups.into_iter().flat_map(|it| it.rules);
        let alerts = rules.flat_map(|it| match it {
            api::Rule::Alerting(rule) => rule.alerts,
            api::Rule::Recording(_) => Vec::new(),
        });
        api::Alerts {
            alerts: alerts.collect(),
        }
    }

    /// How many alerts there are; nothing has to be rendered or asked for that.
    pub(crate) fn alert_count(&self) -> api::AlertCount {
        let mut count = api::AlertCount::default();
        for group in self.groups.all() {
            let running = group.look();
            if running.definition.is_removed {
                continue;
            }
            for (_, alert) in running.instances.iter().flat_map(|it| it.state.alerts()) {
                match alert.state {
                    AlertState::Firing => count.firing += 1,
                    AlertState::Pending => count.pending += 1,
                    AlertState::Inactive => {}
                }
            }
        }
        count
    }

    /// What keeps rules from being evaluated or remembered, beside faults of their files.
    pub(crate) fn faults(&self) -> Vec<ConfigFault> {
        let unplaced = self.groups.all().into_iter().flat_map(|group| {
            let definition = group.look().definition.clone();
            let reasons = definition.unplaced.values();
            let in_file = reasons.map(|it| (definition.file.clone(), it.clone()));
            in_file.collect::<Vec<_>>()
        });
        let unplaced = definition::warnings(unplaced).into_iter();
        unplaced
            .chain(self.store().and_then(Store::fault))
            .collect()
    }

    /// The newest changes of alerts, the newest first. It reads the disk.
    pub(crate) fn history(
        &self,
        limit: usize,
        filter: &Filter,
    ) -> Result<Vec<HistoryEvent>, StoreError> {
        let Some(store) = self.store() else {
            return Ok(Vec::new());
        };
        let is_wanted = |it: &Event| {
            admits(&filter.rules, &it.rule)
                && admits(&filter.groups, &it.group)
                && admits(&filter.files, &it.file)
        };
        let events = history::newest(store, limit, is_wanted)?;
        Ok(events.into_iter().map(wire).collect())
    }
}

async fn list(
    world: &World,
    group: &Arc<Group>,
    definition: &Arc<Definition>,
    filter: &Filter,
) -> api::RuleGroup {
    let mut rules = Vec::new();
    let mut position = 0;
    for rule in &definition.group.rules {
        let at = position;
        position += usize::from(matches!(rule, Rule::Alert(_)));
        if !filter.admits(rule) {
            continue;
        }
        rules.push(match rule {
            Rule::Recording(rule) => api::Rule::Recording(listing::recording_rule(rule)),
            Rule::Alert(rule) => {
                let mut listed = alerting(world, group, definition, (at, rule)).await;
                if let Some(reason) = definition.unplaced.get(&at) {
                    listed.last_error = Some(reason.clone());
                }
                if filter.without_alerts {
                    listed.alerts.clear();
                }
                api::Rule::Alerting(listed)
            }
        });
    }
    let timing = group.look().timing;
    let never = || listing::NEVER.to_owned();
    api::RuleGroup {
        name: definition.group.name.clone(),
        file: definition.file.clone(),
        rules,
        interval: definition.interval.as_secs_f64(),
        limit: definition.group.limit,
        evaluation_time: timing.took.as_secs_f64(),
        last_evaluation: timing.at.map_or_else(never, Timestamp::to_rfc3339),
    }
}

/// A rule with its alerts. What their words ask is asked as it was at the last evaluation.
async fn alerting(
    world: &World,
    group: &Group,
    definition: &Arc<Definition>,
    (position, rule): (usize, &AlertRule),
) -> api::AlertingRule {
    let placed: Vec<_> = (definition.placed.iter().enumerate())
        .filter(|(_, it)| it.position == position)
        .collect();
    let mut queries = vec![Queries::default(); placed.len()];
    loop {
        let (needs, at) = {
            let running = group.look();
            let timing = running.timings.get(&position).copied().unwrap_or_default();
            // After a change of the group its states stand elsewhere.
            let states = Arc::ptr_eq(&running.definition, definition).then_some(&running.instances);
            let instances: Vec<_> = (placed.iter().zip(&queries))
                .filter_map(|((index, placed), queries)| {
                    let instance = states?.get(*index)?;
                    Some((world.context(placed, definition, queries), &instance.state))
                })
                .collect();
            match listing::alerting_rule(rule, &instances, timing) {
                Ok(rule) => return rule,
                Err(needs) => (needs.0, timing.at.unwrap_or_default()),
            }
        };
        for ((_, placed), queries) in placed.iter().zip(&mut queries) {
            let answer = world.template_query(placed, &needs, at).await;
            queries.insert(needs.clone(), answer);
        }
    }
}

fn wire(event: Event) -> HistoryEvent {
    HistoryEvent {
        at: event.transition.at.to_rfc3339(),
        file: event.file,
        group: event.group,
        rule: event.rule,
        datasource: event.datasource,
        fingerprint: event.transition.fingerprint.to_string(),
        labels: event.transition.labels,
        change: match event.transition.change {
            Change::Pending => api::AlertChange::Pending,
            Change::Firing => api::AlertChange::Firing,
            Change::Resolved => api::AlertChange::Resolved,
            Change::Dropped => api::AlertChange::Dropped,
        },
        value: event.transition.value,
    }
}
