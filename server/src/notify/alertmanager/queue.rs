//! What waits for one Alertmanager: bounded, oldest first, each alert in its newest version only.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};
use venti_alert::message::PostableAlert;
use venti_alert::{Fingerprint, Timestamp};

/// One alert on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    pub(crate) fingerprint: Fingerprint,
    /// The evaluation that it is from: which of two versions is newer.
    pub(crate) at: Timestamp,
    pub(crate) message: PostableAlert,
    /// After which it is of no use any more.
    pub(crate) expires: Timestamp,
}

/// The queue.
#[derive(Debug)]
pub(super) struct Queue {
    capacity: usize,
    entries: BTreeMap<u64, Entry>,
    places: HashMap<Fingerprint, u64>,
    next: u64,
    /// Taken out, and neither put back nor settled.
    under_way: usize,
}

/// Entries that were taken out to be sent, with their places.
#[derive(Debug, Default)]
pub(super) struct Batch(pub(super) Vec<(u64, Entry)>);

impl Queue {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            capacity,
            entries: BTreeMap::new(),
            places: HashMap::new(),
            next: 0,
            under_way: 0,
        }
    }

    /// Whether nothing waits and nothing is under way.
    pub(super) fn is_idle(&self) -> bool {
        self.entries.is_empty() && self.under_way == 0
    }

    /// A batch needs no more care.
    pub(super) fn settle(&mut self, batch: &Batch) {
        self.under_way = self.under_way.saturating_sub(batch.0.len());
    }

    /// What waits, the oldest first.
    pub(super) fn waiting(&self) -> impl Iterator<Item = &Entry> {
        self.entries.values()
    }

    pub(super) fn len(&self) -> usize {
        self.entries.len()
    }

    /// Puts an alert at the end, or, where a version of it waits already, in that one's place;
    /// a version that is not newer is left out, so an end is never undone by what was before it.
    /// Gives what had to go: the oldest, where there were too many.
    pub(super) fn push(&mut self, entry: Entry) -> Option<Entry> {
        if let Some(place) = self.places.get(&entry.fingerprint)
            && let Some(waiting) = self.entries.get_mut(place)
        {
            if waiting.at < entry.at {
                *waiting = entry;
            }
            return None;
        }
        let place = self.next;
        self.next += 1;
        self.insert(place, entry);
        self.shrink()
    }

    /// Takes the oldest out, at most `most` of them, and what has expired by `now`.
    pub(super) fn take(&mut self, most: usize, now: Timestamp) -> (Batch, Vec<Entry>) {
        let (mut batch, mut expired) = (Batch::default(), Vec::new());
        while batch.0.len() < most
            && let Some((place, entry)) = self.entries.pop_first()
        {
            self.places.remove(&entry.fingerprint);
            if entry.expires < now {
                expired.push(entry);
            } else {
                batch.0.push((place, entry));
            }
        }
        self.under_way += batch.0.len();
        (batch, expired)
    }

    /// Puts back what could not be sent, unless a newer version came meanwhile. Gives what was
    /// left out since there is no room for it any more.
    pub(super) fn put_back(&mut self, batch: Batch) -> Vec<Entry> {
        self.settle(&batch);
        let mut dropped = Vec::new();
        for (place, entry) in batch.0 {
            if !self.places.contains_key(&entry.fingerprint) {
                self.insert(place, entry);
                dropped.extend(self.shrink());
            }
        }
        dropped
    }

    fn insert(&mut self, place: u64, entry: Entry) {
        self.places.insert(entry.fingerprint, place);
        self.entries.insert(place, entry);
    }

    fn shrink(&mut self) -> Option<Entry> {
        if self.entries.len() <= self.capacity {
            return None;
        }
        let (_, oldest) = self.entries.pop_first()?;
        self.places.remove(&oldest.fingerprint);
        Some(oldest)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use venti_model::labels::Labels;

    fn entry(name: u8, at: i64) -> Entry {
        let labels = Labels::from_iter([("alertname", name.to_string())]);
        Entry {
            fingerprint: Fingerprint::of(&labels),
            at: Timestamp::from_nanos(at),
            message: PostableAlert {
                annotations: Labels::default(),
                ends_at: String::new(),
                starts_at: String::new(),
                generator_url: String::new(),
                labels,
            },
            expires: Timestamp::from_nanos(i64::MAX),
        }
    }

    fn waiting(queue: &mut Queue) -> Vec<Entry> {
        let (batch, _) = queue.take(usize::MAX, Timestamp::default());
        batch.0.into_iter().map(|(_, it)| it).collect()
    }

    #[test]
    fn the_oldest_goes_when_there_are_too_many() {
        let mut queue = Queue::new(2);
        assert_eq!(queue.push(entry(1, 1)), None);
        assert_eq!(queue.push(entry(2, 1)), None);
        assert_eq!(queue.push(entry(3, 1)), Some(entry(1, 1)));
        assert_eq!(waiting(&mut queue), [entry(2, 1), entry(3, 1)]);
    }

    #[test]
    fn what_has_expired_is_not_sent() {
        let mut queue = Queue::new(2);
        let old = Entry {
            expires: Timestamp::from_nanos(5),
            ..entry(1, 1)
        };
        queue.push(old.clone());
        queue.push(entry(2, 1));
        let (batch, expired) = queue.take(1, Timestamp::from_nanos(6));
        assert_eq!(expired, [old]);
        assert_eq!(batch.0, [(1, entry(2, 1))]);
    }

    proptest! {
        /// Whatever comes and whatever fails, the newest version of each alert is sent last, once.
        #[test]
        fn the_newest_version_arrives_last(
            steps in prop::collection::vec((0_u8..5, 0_i64..20, any::<bool>(), 1_usize..4), 0..60)
        ) {
            let mut queue = Queue::new(100);
            let mut newest = BTreeMap::new();
            let mut sent: BTreeMap<_, Vec<i64>> = BTreeMap::new();
            let mut deliver = |batch: Batch| {
                for (_, it) in batch.0 {
                    sent.entry(it.fingerprint).or_default().push(it.at.nanos());
                }
            };
            for (name, at, works, most) in steps {
                // Evaluations of one alert only go forward.
                let last = newest.entry(name).or_insert(0);
                *last = at.max(*last + 1);
                queue.push(entry(name, *last));
                let (batch, _) = queue.take(most, Timestamp::default());
                if works {
                    deliver(batch);
                } else {
                    prop_assert!(queue.put_back(batch).is_empty());
                }
            }
            deliver(queue.take(100, Timestamp::default()).0);
            for (name, at) in newest {
                let sent = &sent[&entry(name, 0).fingerprint];
                prop_assert_eq!(*sent.last().unwrap(), at);
                prop_assert!(sent.is_sorted_by(|a, b| a < b));
            }
        }
    }
}
