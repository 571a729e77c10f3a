//! What was not delivered yet, on disk: tables of the server's one database.
//!
//! Rows are JSON, so that a newer version of the server reads what an older one left; a row that
//! cannot be read is left out with a word in the log.

use redb::{ReadableTable, TableDefinition, WriteTransaction};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::alertmanager::Entry;
use super::groups::{Group, GroupKey};
use crate::alerting::store::{Store, StoreError, if_there};

/// By target and fingerprint: what an Alertmanager has not got yet.
const QUEUED: TableDefinition<'_, (&str, &str), &[u8]> = TableDefinition::new("notify_queued");

/// By key, as JSON: what a receiver was told, and what it is to be told.
const GROUPS: TableDefinition<'_, &str, &[u8]> = TableDefinition::new("notify_groups");

/// Keeps alerts for an Alertmanager, in place of older versions of them.
pub(super) fn queue(
    transaction: &WriteTransaction,
    target: &str,
    entries: &[Entry],
) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(QUEUED)?;
    for entry in entries {
        let fingerprint = entry.fingerprint.to_string();
        if let Some(row) = row(entry) {
            table.insert((target, &*fingerprint), &*row)?;
        }
    }
    Ok(())
}

/// Forgets alerts that an Alertmanager has, or will never get; newer versions stay.
pub(super) fn unqueue(
    transaction: &WriteTransaction,
    target: &str,
    entries: &[Entry],
) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(QUEUED)?;
    for entry in entries {
        let fingerprint = entry.fingerprint.to_string();
        let key = (target, &*fingerprint);
        let kept: Option<Entry> = table.get(key)?.and_then(|it| read(it.value()));
        if kept.is_none_or(|it| it.at <= entry.at) {
            table.remove(key)?;
        }
    }
    Ok(())
}

/// What waits for each Alertmanager, the oldest first. What waits for others is forgotten.
pub(super) fn queued(
    store: &Store,
    targets: &[String],
) -> Result<Vec<(String, Entry)>, StoreError> {
    store.write(|transaction| {
        let mut table = transaction.open_table(QUEUED)?;
        table.retain(|(target, _), _| targets.iter().any(|it| it == target))?;
        let mut rows = Vec::new();
        for row in table.iter()? {
            let (key, value) = row?;
            let entry = read::<Entry>(value.value());
            rows.extend(entry.map(|it| (key.value().0.to_owned(), it)));
        }
        rows.sort_by_key(|(_, it)| it.at);
        Ok(rows)
    })
}

/// Keeps a group, or forgets one that is gone.
pub(super) fn keep_group(
    transaction: &WriteTransaction,
    key: &GroupKey,
    group: Option<&Group>,
) -> Result<(), redb::Error> {
    let mut table = transaction.open_table(GROUPS)?;
    let Some(key) = row(key).and_then(|it| String::from_utf8(it).ok()) else {
        return Ok(());
    };
    match group.and_then(row) {
        Some(row) => table.insert(&*key, &*row)?,
        None => table.remove(&*key)?,
    };
    Ok(())
}

/// Keeps these groups, and forgets all others.
pub(super) fn keep_groups<'a>(
    transaction: &WriteTransaction,
    groups: impl Iterator<Item = (&'a GroupKey, &'a Group)>,
) -> Result<(), redb::Error> {
    transaction.open_table(GROUPS)?.retain(|_, _| false)?;
    for (key, group) in groups {
        keep_group(transaction, key, Some(group))?;
    }
    Ok(())
}

/// All groups.
pub(super) fn groups(store: &Store) -> Result<Vec<(GroupKey, Group)>, StoreError> {
    store.read(|transaction| {
        let Some(table) = if_there(transaction.open_table(GROUPS))? else {
            return Ok(Vec::new());
        };
        let mut groups = Vec::new();
        for row in table.iter()? {
            let (key, value) = row?;
            groups.extend(read(key.value().as_bytes()).zip(read(value.value())));
        }
        Ok(groups)
    })
}

fn row(value: &impl Serialize) -> Option<Vec<u8>> {
    let row = serde_json::to_vec(value);
    row.inspect_err(|error| tracing::error!(%error, "a notification cannot be kept on disk"))
        .ok()
}

fn read<T: DeserializeOwned>(row: &[u8]) -> Option<T> {
    let value = serde_json::from_slice(row);
    value
        .inspect_err(|error| tracing::warn!(%error, "a notification on disk cannot be read"))
        .ok()
}
