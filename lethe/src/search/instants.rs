//! The instants at which a query is evaluated, and the windows behind them.

use std::ops::Range;

use super::time::{TimeRange, Timestamp};

/// Instants at equal distances.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instants {
    /// The first one, in nanoseconds since 1970.
    start: i128,
    /// Nanoseconds from one to the next.
    step: i128,
    count: usize,
}

impl Instants {
    /// One instant.
    pub fn at(time: Timestamp) -> Instants {
        Instants {
            start: time.nanos(),
            step: 1,
            count: 1,
        }
    }

    /// The start of a range and all instants of it that lie whole steps
    /// behind. Nothing when there would be more than `max_count`.
    pub fn within(range: &TimeRange, step_millis: u64, max_count: usize) -> Option<Instants> {
        let step = i128::from(step_millis.max(1)) * 1_000_000;
        let span = range.end.nanos() - range.start.nanos();
        // A range that ends before it starts has no instants.
        let count = usize::try_from(span.div_euclid(step).max(-1) + 1).ok()?;
        (count <= max_count).then(|| Instants {
            start: range.start.nanos(),
            step,
            count,
        })
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.count
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// All of them in their order.
    pub fn iter(&self) -> impl Iterator<Item = Timestamp> + use<> {
        let Instants { start, step, count } = *self;
        (0..count as i128).map(move |it| Timestamp::from_nanos(start + it * step))
    }

    /// The times that lie in the window of `window` nanoseconds behind any of
    /// them.
    pub(super) fn reach(&self, window: i128) -> TimeRange {
        TimeRange {
            start: Timestamp::from_nanos(self.start - window + 1),
            end: Timestamp::from_nanos(self.start + (self.count as i128 - 1) * self.step),
        }
    }

    /// The numbers of the instants in whose window a time lies. Like the
    /// windows of Prometheus, they hold their end and not their start.
    pub(super) fn seeing(&self, time: Timestamp, window: i128) -> Range<usize> {
        let since = time.nanos() - self.start;
        // Rounded up: the first instant at the time or behind it.
        let first = -(-since).div_euclid(self.step);
        let end = -(-(since + window)).div_euclid(self.step);
        let bounded =
            |it: i128| usize::try_from(it.max(0)).map_or(self.count, |it| it.min(self.count));
        bounded(first)..bounded(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn windows_hold_their_end_and_not_their_start(
            start in -100i64..100, length in -50i64..200, step in 1u64..40,
            time in -200i64..400, window in 1i64..100,
        ) {
            let at = |millis: i64| Timestamp::from_nanos(i128::from(millis) * 1_000_000);
            let range = TimeRange { start: at(start), end: at(start + length) };
            let instants = Instants::within(&range, step, 1_000).unwrap();
            let expected: Vec<i64> = (start..=start + length).step_by(step as usize).collect();
            let found: Vec<Timestamp> = instants.iter().collect();
            prop_assert_eq!(found, expected.iter().map(|it| at(*it)).collect::<Vec<_>>());
            let window_nanos = i128::from(window) * 1_000_000;
            let seeing = instants.seeing(at(time), window_nanos);
            for (number, instant) in expected.iter().enumerate() {
                let is_seen = instant - window < time && time <= *instant;
                prop_assert_eq!(seeing.contains(&number), is_seen);
            }
            let is_reached = instants.reach(window_nanos).contains(at(time));
            prop_assert!(is_reached || seeing.is_empty());
        }
    }

    #[test]
    fn instants_are_bounded() {
        let second = |it| Timestamp::new(it, 0);
        let range = |start, end| TimeRange {
            start: second(start),
            end: second(end),
        };
        assert_eq!(
            Instants::within(&range(0, 10_999), 1_000, 11_000)
                .unwrap()
                .len(),
            11_000
        );
        assert_eq!(Instants::within(&range(0, 11_000), 1_000, 11_000), None);
        assert_eq!(
            Instants::within(&range(i64::MIN, i64::MAX), 1, 11_000),
            None
        );
        assert!(
            Instants::within(&range(5, 4), 1_000, 11_000)
                .unwrap()
                .is_empty()
        );
    }
}
