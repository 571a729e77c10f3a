//! When a group is evaluated: on slots that follow from its name alone.
//!
//! The formula and the hash are those of Prometheus 2.42 (`rules/group.go`, `hash` and
//! `EvalTimestamp`), so a Prometheus that loads the same file at the same path evaluates at the
//! same nanosecond.

use std::time::Duration;

use xxhash_rust::xxh64::Xxh64;

use crate::time::{Timestamp, nanos_of};

/// The slots of one group: every `interval`, shifted by a phase of its own, so that groups do
/// not all ask at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Schedule {
    interval: i64,
    phase: i64,
}

impl Schedule {
    /// Slots of the group `name` in the file `path`, as the configuration names it. An interval
    /// of less than a millisecond counts as one.
    pub fn new(path: &str, name: &str, interval: Duration) -> Self {
        let interval = nanos_of(interval).max(1_000_000);
        let mut hash = Xxh64::new(0);
        for part in ["file", path, "name", name] {
            hash.update(part.as_bytes());
            hash.update(&[0xFF]);
        }
        let phase = i64::try_from(hash.digest() % interval.unsigned_abs()).unwrap_or(0);
        Self { interval, phase }
    }

    /// Slots at a fixed phase, which is vmalert's `eval_offset`: each multiple of `interval`
    /// plus `offset`.
    pub fn at_offset(interval: Duration, offset: Duration) -> Self {
        let interval = nanos_of(interval).max(1_000_000);
        let phase = nanos_of(offset).rem_euclid(interval);
        Self { interval, phase }
    }

    /// The last slot that is not after `now`.
    pub fn slot_before(self, now: Timestamp) -> Timestamp {
        let into = (now.nanos().saturating_sub(self.phase)).rem_euclid(self.interval);
        Timestamp::from_nanos(now.nanos().saturating_sub(into))
    }

    /// The first slot after `now`: when a group that starts at `now` is evaluated first.
    pub fn slot_after(self, now: Timestamp) -> Timestamp {
        let before = self.slot_before(now).nanos();
        Timestamp::from_nanos(before.saturating_add(self.interval))
    }

    /// After the evaluation for `slot` ended at `now`: the next slot to evaluate, and how many
    /// have been missed because it took too long. While one slot is overdue it is evaluated late
    /// and not missed, as in Prometheus.
    ///
    /// A clock that was set back leaves the next slot where it was: nothing is evaluated twice.
    pub fn next(self, slot: Timestamp, now: Timestamp) -> (Timestamp, u64) {
        let periods = now.nanos().saturating_sub(slot.nanos()) / self.interval;
        let missed = (periods - 1).max(0);
        let step = self.interval.saturating_mul(missed + 1);
        let next = Timestamp::from_nanos(slot.nanos().saturating_add(step));
        (next, missed.unsigned_abs())
    }

    /// Time between two slots.
    pub fn interval(self) -> Duration {
        Duration::from_nanos(self.interval.unsigned_abs())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SECOND: i64 = 1_000_000_000;

    /// A recorded Prometheus 2.42 evaluated the group `g` of `rules.yml` at this fraction.
    #[test]
    fn has_the_phase_of_prometheus() {
        let schedule = Schedule::new("rules.yml", "g", Duration::from_secs(1));
        let now = Timestamp::from_nanos(1_795_231_911 * SECOND);
        assert_eq!(schedule.slot_after(now).nanos(), 1_795_231_911_632_510_205);
        assert_eq!(schedule.slot_before(now).nanos(), 1_795_231_910_632_510_205);
    }

    #[test]
    fn counts_missed_slots() {
        let schedule = Schedule::at_offset(Duration::from_secs(10), Duration::from_secs(3));
        let at = |seconds: i64| Timestamp::from_nanos(seconds * SECOND);
        assert_eq!(schedule.slot_after(at(13)), at(23));
        let next = |now| schedule.next(at(13), at(now));
        assert_eq!(next(14), (at(23), 0));
        assert_eq!(next(23), (at(23), 0), "late by nothing");
        assert_eq!(next(32), (at(23), 0), "overdue, evaluated late");
        assert_eq!(next(33), (at(33), 1));
        assert_eq!(next(64), (at(63), 4));
        assert_eq!(next(-100), (at(23), 0), "the clock was set back");
    }

    proptest! {
        #[test]
        fn slots_are_one_interval_apart(
            now in any::<i64>(), nanos in 0u64..10_000_000_000_000, offset in any::<u64>(),
        ) {
            let (interval, offset) = (Duration::from_nanos(nanos), Duration::from_nanos(offset));
            for schedule in [Schedule::new("f", "g", interval), Schedule::at_offset(interval, offset)] {
                let now = Timestamp::from_nanos(now / 2);
                let (before, after) = (schedule.slot_before(now), schedule.slot_after(now));
                prop_assert!(before <= now && now < after);
                prop_assert_eq!(after.since(before), schedule.interval());
                let (next, missed) = schedule.next(before, now);
                prop_assert_eq!((next, missed), (after, 0));
            }
        }
    }
}
