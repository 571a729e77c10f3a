//! Where the rows of a virtual list stand, in CSS pixels. Rows that were never drawn count as
//! high as usual; each that was drawn has the height it had.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

/// A list this short is drawn whole, so that the browser's own search finds all of it.
const SHORT: usize = 250;

/// How far beyond the visible part rows are drawn, as a share of it.
const REACH: f64 = 0.75;

/// The tops of all rows.
#[derive(Clone, Debug)]
pub(super) struct Layout {
    keys: Arc<Vec<u64>>,
    /// One more than there are rows: the last is the height of the list.
    tops: Vec<f64>,
}

impl Layout {
    /// Stacks rows in the order of their keys.
    pub(super) fn new(keys: Arc<Vec<u64>>, measured: &HashMap<u64, f64>, usual: f64) -> Self {
        let mut top = 0.0;
        let tops = keys.iter().map(|key| {
            let own = top;
            top += measured.get(key).copied().unwrap_or(usual);
            own
        });
        let mut tops: Vec<f64> = tops.collect();
        tops.push(top);
        Self { keys, tops }
    }

    /// The height of all rows.
    pub(super) fn height(&self) -> f64 {
        self.tops.last().copied().unwrap_or_default()
    }

    /// The top of a row; the end of the list for one behind the last.
    pub(super) fn top(&self, row: usize) -> f64 {
        self.tops.get(row).copied().unwrap_or(self.height())
    }

    /// The row at a distance from the top of the list; the last for what lies below.
    pub(super) fn row_at(&self, distance: f64) -> usize {
        let behind = self.tops.partition_point(|it| *it <= distance);
        behind
            .saturating_sub(1)
            .min(self.keys.len().saturating_sub(1))
    }

    /// The rows to draw while `scrolled` pixels are above a visible part of some height.
    pub(super) fn drawn(&self, scrolled: f64, visible: f64) -> Range<usize> {
        if self.keys.len() <= SHORT {
            return 0..self.keys.len();
        }
        let reach = visible * REACH;
        let first = self.row_at(scrolled - reach);
        first..self.row_at(scrolled + visible + reach) + 1
    }

    /// The key of a row.
    pub(super) fn key(&self, row: usize) -> Option<u64> {
        self.keys.get(row).copied()
    }

    /// The row of a key.
    pub(super) fn row_of(&self, key: u64) -> Option<usize> {
        self.keys.iter().position(|it| *it == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn layout(n_rows: u64, measured: &[(u64, f64)]) -> Layout {
        let measured = measured.iter().copied().collect();
        Layout::new(Arc::new((0..n_rows).collect()), &measured, 20.0)
    }

    #[test]
    fn measured_rows_push_the_rest_down() {
        let layout = layout(4, &[(1, 100.0)]);
        assert_eq!(layout.height(), 160.0);
        assert_eq!(
            [0, 1, 2, 3, 4].map(|it| layout.top(it)),
            [0.0, 20.0, 120.0, 140.0, 160.0]
        );
        assert_eq!(
            [0.0, 19.9, 20.0, 119.0, 1e9, -5.0].map(|it| layout.row_at(it)),
            [0, 0, 1, 1, 3, 0]
        );
    }

    #[test]
    fn draws_what_is_in_sight_and_short_lists_whole() {
        assert_eq!(layout(100, &[]).drawn(0.0, 100.0), 0..100);
        assert_eq!(layout(10_000, &[]).drawn(2000.0, 400.0), 85..136);
        assert_eq!(layout(0, &[]).drawn(0.0, 400.0), 0..0);
    }

    proptest! {
        #[test]
        fn what_is_in_sight_is_drawn(
            heights in proptest::collection::vec(1.0f64..300.0, 300..600),
            scrolled in 0.0f64..1.0,
            visible in 50.0f64..1000.0,
        ) {
            let measured: Vec<_> = (0..).zip(heights.iter().copied()).collect();
            let layout = layout(heights.len() as u64, &measured);
            let scrolled = (layout.height() - visible).max(0.0) * scrolled;
            let drawn = layout.drawn(scrolled, visible);
            prop_assert!(drawn.end <= heights.len());
            prop_assert!(layout.top(drawn.start) <= scrolled);
            prop_assert!(layout.top(drawn.end) >= (scrolled + visible).min(layout.height()));
        }

        #[test]
        fn any_distance_is_some_row(distance in any::<f64>(), n_rows in 0u64..400) {
            prop_assert!(layout(n_rows, &[]).row_at(distance) <= n_rows as usize);
        }
    }
}
