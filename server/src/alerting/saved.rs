//! States of rules on disk: one record for each group, with enough of each rule to tell how its
//! alerts ended should the rule be gone at the next start.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use redb::{ReadTransaction, ReadableTable, TableDefinition, WriteTransaction};
use serde::{Deserialize, Serialize};
use venti_alert::engine::RuleState;
use venti_alert::expression::{Expression, Language};
use venti_alert::rule::{AlertRule, LineOptions};
use venti_alert::template::Text;

use super::definition::{GroupKey, Placed, origin};
use super::group::Instance;
use super::store::{Store, StoreError, if_there};

/// File and group to a [`SavedGroup`] as JSON.
const GROUPS: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("alert_states");

/// The states of one group.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct SavedGroup {
    /// The group's interval in nanoseconds.
    interval: u64,
    rules: Vec<SavedRule>,
}

#[derive(Debug, Serialize, Deserialize)]
struct SavedRule {
    name: String,
    expression: String,
    language: Language,
    labels: Vec<(String, String)>,
    annotations: Vec<(String, String)>,
    notify: Vec<String>,
    datasource: Option<String>,
    labels_datasource: bool,
    state: RuleState,
}

/// What a group was when the server ended.
#[derive(Debug)]
pub(super) struct Restored {
    pub(super) interval: Duration,
    pub(super) instances: Vec<Instance>,
}

impl SavedGroup {
    /// Of what has something to tell; nothing when none has.
    pub(super) fn of<'a>(
        interval: Duration,
        instances: impl Iterator<Item = &'a Instance>,
    ) -> Option<Self> {
        let with_alerts = instances.filter(|it| !it.state.is_empty());
        let rules: Vec<SavedRule> = with_alerts.map(saved_rule).collect();
        let interval = u64::try_from(interval.as_nanos()).unwrap_or(u64::MAX);
        (!rules.is_empty()).then_some(Self { interval, rules })
    }
}

/// Writes the states of a group, or that there are none.
pub(super) fn put(
    transaction: &WriteTransaction,
    (file, group): (&str, &str),
    saved: Option<&SavedGroup>,
) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(GROUPS)?;
    // Serializing fails for keys that are no texts, and there are none.
    match saved.and_then(|it| serde_json::to_vec(it).ok()) {
        Some(json) => table.insert((file, group), json.as_slice())?,
        None => table.remove((file, group))?,
    };
    Ok(())
}

/// All groups that were written; nothing where that was never done. A record that cannot be read
/// costs itself.
pub(super) fn load(store: &Store) -> Result<Option<BTreeMap<GroupKey, Restored>>, StoreError> {
    store.read(|transaction: &ReadTransaction| {
        let mut groups = BTreeMap::new();
        let Some(table) = if_there(transaction.open_table(GROUPS))? else {
            return Ok(None);
        };
        for record in table.iter()? {
            let (key, json) = record?;
            let (file, group) = key.value();
            match serde_json::from_slice::<SavedGroup>(json.value()) {
                Ok(saved) => {
                    let restored = restore(file, group, saved);
                    groups.insert((file.to_owned(), group.to_owned()), restored);
                }
                Err(error) => {
                    tracing::error!(file, group, %error, "the states of a group cannot be read: its alerts begin anew");
                }
            }
        }
        Ok(Some(groups))
    })
}

fn saved_rule(instance: &Instance) -> SavedRule {
    let Placed {
        rule,
        datasource,
        labels_datasource,
        ..
    } = &instance.placed;
    SavedRule {
        name: rule.name.clone(),
        expression: rule.expression.text.clone(),
        language: rule.expression.language,
        labels: as_written(&rule.labels),
        annotations: as_written(&rule.annotations),
        notify: rule.notify.clone(),
        datasource: datasource.as_deref().map(str::to_owned),
        labels_datasource: *labels_datasource,
        state: instance.state.clone(),
    }
}

fn as_written(texts: &[(String, Text)]) -> Vec<(String, String)> {
    let pair = |(name, text): &(String, Text)| (name.clone(), text.source().to_owned());
    texts.iter().map(pair).collect()
}

fn restore(file: &str, group: &str, saved: SavedGroup) -> Restored {
    let instance = |(position, saved): (usize, SavedRule)| {
        let parse = |(name, source): (String, String)| (name, Text::parse(&saved.name, source).0);
        // It was readable when it was saved, unless that was another version.
        let (expression, _) = Expression::parse(&saved.expression, saved.language).ok()?;
        let rule = AlertRule {
            expression,
            hold: Duration::ZERO,
            keep_firing_for: Duration::ZERO,
            labels: saved.labels.into_iter().map(parse).collect(),
            annotations: saved.annotations.into_iter().map(parse).collect(),
            lines: LineOptions::default(),
            datasource: None,
            on_error: None,
            notify: saved.notify,
            at: None,
            name: saved.name.clone(),
        };
        let placed = Placed {
            origin: Arc::new(origin(file, group, &rule)),
            rule: Arc::new(rule),
            position,
            datasource: saved.datasource.map(Into::into),
            labels_datasource: saved.labels_datasource,
        };
        Some(Instance {
            placed,
            state: saved.state,
        })
    };
    Restored {
        interval: Duration::from_nanos(saved.interval),
        instances: saved
            .rules
            .into_iter()
            .enumerate()
            .filter_map(instance)
            .collect(),
    }
}
