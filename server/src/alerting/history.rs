//! What alerts did, on disk: each change of each alert, the newest last, bounded in age and number.

use std::time::Duration;

use redb::{
    ReadTransaction, ReadableTable, ReadableTableMetadata, TableDefinition, WriteTransaction,
};
use serde::{Deserialize, Serialize};
use venti_alert::Timestamp;
use venti_alert::engine::Transition;

use super::RuleOrigin;
use super::store::{Store, StoreError, if_there};

/// A running number to an [`Event`] as JSON.
const EVENTS: TableDefinition<'_, u64, &[u8]> = TableDefinition::new("alert_history");

/// Older events are forgotten.
const MAX_AGE: Duration = Duration::from_secs(30 * 24 * 3600);

/// Of more events the oldest are forgotten.
const MAX_EVENTS: u64 = 20_000;

/// A change of an alert, and whose alert it is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Event {
    pub(crate) file: String,
    pub(crate) group: String,
    pub(crate) rule: String,
    pub(crate) datasource: String,
    pub(crate) transition: Transition,
}

impl Event {
    pub(super) fn new(origin: &RuleOrigin, datasource: &str, transition: Transition) -> Self {
        Self {
            file: origin.file.clone(),
            group: origin.group.clone(),
            rule: origin.name.clone(),
            datasource: datasource.to_owned(),
            transition,
        }
    }
}

/// Adds events, and forgets what is too old at `now` or too much.
pub(super) fn append(
    transaction: &WriteTransaction,
    events: &[Event],
    now: Timestamp,
) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(EVENTS)?;
    let last = table.last()?.map_or(0, |(key, _)| key.value());
    for (event, key) in events.iter().zip(last + 1..) {
        // Serializing fails for keys that are no texts, and there are none.
        let json = serde_json::to_vec(event).unwrap_or_default();
        table.insert(key, json.as_slice())?;
    }
    let oldest = now.minus(MAX_AGE);
    loop {
        let first = table.first()?;
        let first = first.map(|(key, json)| (key.value(), read(json.value())));
        let Some((key, event)) = first else {
            break;
        };
        let is_old = event.is_none_or(|it| it.transition.at < oldest);
        if !is_old && table.len()? <= MAX_EVENTS {
            break;
        }
        table.remove(key)?;
    }
    Ok(())
}

/// The newest events that are wanted, the newest first.
pub(super) fn newest(
    store: &Store,
    limit: usize,
    is_wanted: impl Fn(&Event) -> bool,
) -> Result<Vec<Event>, StoreError> {
    store.read(|transaction: &ReadTransaction| {
        let Some(table) = if_there(transaction.open_table(EVENTS))? else {
            return Ok(Vec::new());
        };
        let mut events = Vec::new();
        for record in table.iter()?.rev() {
            let (_, json) = record?;
            events.extend(read(json.value()).filter(&is_wanted));
            if events.len() >= limit {
                break;
            }
        }
        Ok(events)
    })
}

fn read(json: &[u8]) -> Option<Event> {
    serde_json::from_slice(json).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use venti_alert::Fingerprint;
    use venti_alert::engine::Change;
    use venti_model::labels::Labels;

    fn event(seconds: i64) -> Event {
        let labels = Labels::from_iter([("alertname", "A")]);
        Event {
            file: "f".into(),
            group: "g".into(),
            rule: "A".into(),
            datasource: "d".into(),
            transition: Transition {
                fingerprint: Fingerprint::of(&labels),
                labels,
                change: Change::Firing,
                value: "1".into(),
                at: Timestamp::from_seconds(seconds as f64),
            },
        }
    }

    #[test]
    fn is_bounded_in_age_and_number() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(dir.path()).unwrap();
        let all = |limit| newest(&store, limit, |_| true).unwrap();
        assert_eq!(all(9), []);
        let add = |events: &[Event], now: i64| {
            let now = Timestamp::from_seconds(now as f64);
            store.write(|it| append(it, events, now)).unwrap();
        };
        add(&[event(1), event(2)], 2);
        add(&[event(3)], 3);
        assert_eq!(all(2), [event(3), event(2)]);
        let later = 2 + i64::try_from(MAX_AGE.as_secs()).unwrap();
        add(&[], later);
        assert_eq!(all(9), [event(3), event(2)]);
        let many: Vec<Event> = (0..MAX_EVENTS as i64).map(|it| event(later + it)).collect();
        add(&many, later);
        let kept = all(usize::MAX);
        assert_eq!(kept.len() as u64, MAX_EVENTS);
        assert_eq!(kept.last(), many.first());
    }
}
